//! What both parsers build their trees with: the checks that are not syntax.

use pintle_strconv as strconv;
use pintle_yaml::Str;

use super::ast::{Command, Operand, OperandKind, VarId};
use super::vocabulary::Vocabulary;
use super::{Names, number};
use crate::Text;

/// A message, and the range of the pipeline's text that it is about.
pub(super) type Complaint = (String, usize, usize);

/// Looks up names, and keeps what must be checked where the pipeline stands.
pub(super) struct Builder<'v> {
    pub(super) vocabulary: &'v mut Vocabulary,
    functions: Names<'v>,
    needs: Vec<VarId>,
    declares: Vec<VarId>,
}

/// What is read of a pipeline and not yet part of its tree, which is then made in the right size.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) commands: Vec<Command>,
    pub(super) operands: Vec<Operand>,
    pub(super) fields: Vec<Str>,
}

impl<'v> Builder<'v> {
    pub(super) fn new(vocabulary: &'v mut Vocabulary, functions: Names<'v>) -> Builder<'v> {
        Builder { vocabulary, functions, needs: Vec::new(), declares: Vec::new() }
    }

    /// What it needs from around it and what it declares.
    pub(super) fn finish(self) -> (Vec<VarId>, Vec<VarId>) {
        (self.needs, self.declares)
    }

    pub(super) fn declare(&mut self, name: &str) -> VarId {
        let id = self.vocabulary.variable(name);
        self.declares.push(id);
        id
    }

    pub(super) fn variable(&mut self, name: &str) -> VarId {
        let id = self.vocabulary.variable(name);
        if id != VarId::ROOT && !self.declares.contains(&id) && !self.needs.contains(&id) {
            self.needs.push(id);
        }
        id
    }

    pub(super) fn word(&self, word: &str) -> Result<OperandKind, String> {
        Ok(match word {
            "true" => OperandKind::Bool(true),
            "false" => OperandKind::Bool(false),
            "nil" => OperandKind::Nil,
            name => match (self.functions)(name) {
                Some(id) => OperandKind::Function(id),
                None => return Err(format!("function {} not defined", strconv::quote(name))),
            },
        })
    }
}

/// Words that cannot be operands.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "if" | "else" | "end" | "range" | "with" | "define" | "block" | "template")
}

pub(super) fn number(text: &str) -> Result<OperandKind, String> {
    number::constant(text).map(|constant| OperandKind::Number(Box::new(constant)))
}

pub(super) fn string(quoted: &str) -> Result<Text, String> {
    match strconv::unquote(quoted) {
        Ok(text) => Ok(Text::from(text.into_owned())),
        Err(error) => Err(error.to_string()),
    }
}

/// The operand with the fields that follow it.
pub(super) fn chain(
    kind: OperandKind,
    place: super::ast::Place,
    written: &str,
    fields: Vec<Str>,
) -> Result<OperandKind, String> {
    if fields.is_empty() {
        return Ok(kind);
    }
    Ok(match kind {
        OperandKind::Field(mut names) => {
            names.extend(fields);
            OperandKind::Field(names)
        }
        OperandKind::Variable(id, mut names) => {
            names.extend(fields);
            OperandKind::Variable(id, names)
        }
        OperandKind::Bool(_)
        | OperandKind::String(_)
        | OperandKind::Number(_)
        | OperandKind::Nil
        | OperandKind::Dot => {
            return Err(format!("unexpected . after term {}", strconv::quote(written)));
        }
        kind => OperandKind::Chain(Box::new(Operand { place, kind }), fields),
    })
}

/// Refuses what cannot take the value of the command before it.
pub(super) fn check_stages(commands: &[Command]) -> Result<(), Complaint> {
    for (index, command) in commands.iter().enumerate().skip(1) {
        if let Some(first) = command.operands.first()
            && let OperandKind::Bool(_)
            | OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Number(_)
            | OperandKind::String(_) = first.kind
        {
            let message = format!("non executable command in pipeline stage {}", index + 1);
            return Err((message, first.place.start as usize, first.place.end as usize));
        }
    }
    Ok(())
}
