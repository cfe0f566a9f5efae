//! Parses a pipeline by the pest grammar, which defines the language.

use pest::Parser;
use pest::iterators::Pair;
use smallvec::SmallVec;

use super::ast::{Command, Declared, Operand, OperandKind, Pipeline, Place};
use super::build::{self, Builder, Complaint};
use super::vocabulary::Kind;

#[derive(pest_derive::Parser)]
#[grammar = "syntax/grammar.pest"]
struct Grammar;

/// Why there is no pipeline.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// The text is not of the language.
    Syntax,
    /// It is, but what it says is wrong.
    Meaning(Complaint),
}

impl From<Complaint> for Refusal {
    fn from(complaint: Complaint) -> Self {
        Refusal::Meaning(complaint)
    }
}

/// Parses a pipeline. The parentheses' depth must have been checked.
pub(super) fn parse(
    text: &str,
    kind: Kind,
    builder: &mut Builder<'_>,
) -> Result<Pipeline, Refusal> {
    let mut whole = Grammar::parse(Rule::whole, text).map_err(|_| Refusal::Syntax)?;
    let whole = whole.next().ok_or(Refusal::Syntax)?;
    let inner = whole.into_inner().find(|pair| pair.as_rule() == Rule::pipeline);
    pipeline(inner.ok_or(Refusal::Syntax)?, kind, builder)
}

fn place(pair: &Pair<'_, Rule>) -> Place {
    let span = pair.as_span();
    let number = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Place { start: number(span.start()), end: number(span.end()) }
}

fn at(pair: &Pair<'_, Rule>, message: String) -> Refusal {
    let span = pair.as_span();
    Refusal::Meaning((message, span.start(), span.end()))
}

fn pipeline(
    pair: Pair<'_, Rule>,
    kind: Kind,
    builder: &mut Builder<'_>,
) -> Result<Pipeline, Refusal> {
    let mut pipeline = Pipeline {
        place: place(&pair),
        variables: Vec::new(),
        assign: false,
        commands: SmallVec::new(),
    };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::declaration => declaration(part, kind, &mut pipeline, builder)?,
            _ => pipeline.commands.push(command(part, builder)?),
        }
    }
    build::check_stages(&pipeline.commands)?;
    Ok(pipeline)
}

fn declaration(
    pair: Pair<'_, Rule>,
    kind: Kind,
    pipeline: &mut Pipeline,
    builder: &mut Builder<'_>,
) -> Result<(), Refusal> {
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::declared => {
                if pipeline.variables.len() == 1 && kind != Kind::Range {
                    return Err(at(&part, "too many declarations in command".to_owned()));
                }
                let name = builder.declare(part.as_str());
                pipeline.variables.push(Declared { place: place(&part), name });
            }
            Rule::assign => pipeline.assign = true,
            _ => {}
        }
    }
    Ok(())
}

fn command(pair: Pair<'_, Rule>, builder: &mut Builder<'_>) -> Result<Command, Refusal> {
    let place = place(&pair);
    let operands =
        pair.into_inner().map(|part| operand(part, builder)).collect::<Result<_, _>>()?;
    Ok(Command { place, operands })
}

fn operand(pair: Pair<'_, Rule>, builder: &mut Builder<'_>) -> Result<Operand, Refusal> {
    let whole = place(&pair);
    let mut parts = pair.into_inner();
    let first = parts.next().ok_or(Refusal::Syntax)?;
    let first_place = place(&first);
    let written = first.as_str();
    let kind = term(&first, builder)?;
    let fields = parts.map(|part| part.as_str().get(1..).unwrap_or_default().into()).collect();
    let kind = build::chain(kind, first_place, written, fields).map_err(|m| at(&first, m))?;
    Ok(Operand { place: whole, kind })
}

fn term(pair: &Pair<'_, Rule>, builder: &mut Builder<'_>) -> Result<OperandKind, Refusal> {
    let text = pair.as_str();
    Ok(match pair.as_rule() {
        Rule::parens => {
            let inner = pair.clone().into_inner().next().ok_or(Refusal::Syntax)?;
            OperandKind::Pipeline(Box::new(pipeline(inner, Kind::Other, builder)?))
        }
        Rule::text | Rule::raw => {
            OperandKind::String(build::string(text).map_err(|message| at(pair, message))?)
        }
        Rule::rune | Rule::number => build::number(text).map_err(|message| at(pair, message))?,
        Rule::dot => OperandKind::Dot,
        Rule::field => OperandKind::Field(vec![text.get(1..).unwrap_or_default().into()]),
        Rule::variable => OperandKind::Variable(builder.variable(text), Vec::new()),
        _ if build::is_keyword(text) => return Err(Refusal::Syntax),
        _ => builder.word(text).map_err(|message| at(pair, message))?,
    })
}
