//! What a template says.
//!
//! Places are kept relative to the pipeline that they belong to, so that pipelines of the same text
//! share one tree, however many files hold it.

use std::sync::Arc;

use pintle_yaml::Str;
use smallvec::SmallVec;

use crate::Text;

/// A range of bytes, counted from the start of the outermost pipeline's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// One file, or the text given to `tpl`.
#[derive(Debug)]
pub(crate) struct Source {
    /// What errors call it.
    pub(crate) name: Str,
    pub(crate) text: SourceText,
}

/// The text of a source, which may be someone else's.
#[derive(Clone)]
pub(crate) struct SourceText(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl SourceText {
    pub(crate) fn new(text: impl AsRef<[u8]> + Send + Sync + 'static) -> SourceText {
        SourceText(Arc::new(text))
    }
}

impl std::ops::Deref for SourceText {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl std::fmt::Debug for SourceText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// What `define`, `block` or a file makes: a list of nodes under a name.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: Str,
    pub(crate) source: Arc<Source>,
    pub(crate) root: Block,
}

/// Nodes in a row.
pub(crate) type Block = Vec<Node>;

/// A piece of a template. `at` is where the pipeline's text starts in the source, in bytes; what a
/// pipeline's [`Place`]s count from.
#[derive(Debug, PartialEq)]
pub(crate) enum Node {
    /// Text, as a range of the source (trimmed).
    Text { start: u32, end: u32 },
    /// `{{ pipeline }}`
    Action { at: u32, pipeline: Arc<Pipeline> },
    /// `{{ if }}`, `{{ else if }}` as an `If` alone in `otherwise`.
    If(Box<Branch>),
    /// `{{ with }}`
    With(Box<Branch>),
    /// `{{ range }}`
    Range(Box<Branch>),
    /// `{{ template "name" pipeline }}` and the call that a `block` makes. `at` and `end` are those
    /// of the action's inner text; the pipeline has its own start.
    Template(Box<Invocation>),
    /// `{{ break }}`
    Break,
    /// `{{ continue }}`
    Continue,
}

/// A call of a template as an action of its own.
#[derive(Debug, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) at: u32,
    pub(crate) end: u32,
    pub(crate) name: Str,
    pub(crate) pipeline: Option<(u32, Arc<Pipeline>)>,
}

/// What `if`, `with` and `range` share.
#[derive(Debug, PartialEq)]
pub(crate) struct Branch {
    pub(crate) at: u32,
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) body: Block,
    pub(crate) otherwise: Option<Block>,
}

/// `$x, $y := command | command`
#[derive(Debug, PartialEq)]
pub(crate) struct Pipeline {
    pub(crate) place: Place,
    /// The variables that it sets; at most two, two only in `range`.
    pub(crate) variables: Vec<Declared>,
    /// Whether they exist already: `=` instead of `:=`.
    pub(crate) assign: bool,
    pub(crate) commands: SmallVec<[Command; 1]>,
}

impl Pipeline {
    /// The variable that is all of it.
    pub(crate) fn only_variable(&self) -> Option<VarId> {
        if let ([], [command]) = (self.variables.as_slice(), self.commands.as_slice())
            && let [Operand { kind: OperandKind::Variable(name, fields), .. }] =
                command.operands.as_slice()
            && fields.is_empty()
        {
            return Some(*name);
        }
        None
    }

    /// The call of a function that is all of it.
    pub(crate) fn only_call(&self) -> Option<(FuncId, &Command)> {
        if let ([], [command]) = (self.variables.as_slice(), self.commands.as_slice())
            && let Some(Operand { kind: OperandKind::Function(id), .. }) = command.operands.first()
        {
            return Some((*id, command));
        }
        None
    }
}

/// A variable that a pipeline sets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Declared {
    pub(crate) place: Place,
    pub(crate) name: VarId,
}

/// A variable's name, as a number of the vocabulary; `$` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VarId(pub(crate) u32);

impl VarId {
    /// `$`
    pub(crate) const ROOT: VarId = VarId(0);
}

/// A function's number in the engine's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FuncId(pub(crate) u32);

/// Operands in a row: a function or method with its arguments, or one operand alone.
#[derive(Debug, PartialEq)]
pub(crate) struct Command {
    pub(crate) place: Place,
    /// At least one.
    pub(crate) operands: SmallVec<[Operand; 1]>,
}

/// One operand with its place.
#[derive(Debug, PartialEq)]
pub(crate) struct Operand {
    pub(crate) place: Place,
    pub(crate) kind: OperandKind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum OperandKind {
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A number or a character constant.
    Number(Box<Constant>),
    /// A quoted string, unquoted.
    String(Text),
    /// `.a.b`
    Field(Vec<Str>),
    /// `$x.a.b`
    Variable(VarId, Vec<Str>),
    /// `name`
    Function(FuncId),
    /// `(pipeline)`
    Pipeline(Box<Pipeline>),
    /// `operand.a.b`, where the operand is a parenthesis, or one that Go chains too (`nil` may not).
    Chain(Box<Operand>, Vec<Str>),
}

/// A number as Go's parser keeps it: in every type that it fits into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constant {
    /// As it is written, for messages.
    pub(crate) text: Str,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    /// Real and imaginary part.
    pub(crate) complex: Option<(f64, f64)>,
    /// Whether it is written as a float, whose type is float64 where nothing else is asked for.
    pub(crate) is_float: bool,
    /// A character constant, whose type is `rune` (int32) where nothing else is asked for.
    pub(crate) is_rune: bool,
}
