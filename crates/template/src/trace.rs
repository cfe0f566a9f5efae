//! Where output comes from.

use std::sync::Arc;

use pintle_yaml::{Location, Span};

use crate::syntax::ast::Template;

/// Which part of which template has made each part of an output.
///
/// What an `include` or `tpl` makes is followed through functions that keep its lines, such as
/// `nindent` and `trim`.
#[derive(Default)]
pub struct Trace {
    /// Sorted by where they start; of two at one place the later is the closer one.
    segments: Vec<Segment>,
    sites: Vec<Site>,
}

/// A part of an output and its site.
#[derive(Clone, Copy)]
struct Segment {
    start: usize,
    end: usize,
    site: usize,
}

/// A node of a template that ran.
struct Site {
    template: Arc<Template>,
    start: u32,
    end: u32,
    /// The site of the call that ran the template.
    caller: Option<usize>,
}

/// The node of a template that made a part of an output.
#[derive(Clone, Copy)]
pub struct Origin<'t> {
    trace: &'t Trace,
    site: &'t Site,
}

impl Trace {
    /// What has made the byte at `offset` of the output.
    pub fn at(&self, offset: usize) -> Option<Origin<'_>> {
        let behind = self.segments.partition_point(|segment| segment.start <= offset);
        let before = self.segments.get(..behind)?;
        // The closest one that reaches that far; few lie in each other.
        let segment = before.iter().rev().take(4096).find(|segment| segment.end > offset)?;
        self.origin(segment.site)
    }

    /// All parts of the output, from its start, as ranges of bytes; a later part lies in an earlier
    /// one where it is closer to what has made it.
    pub fn parts(&self) -> impl Iterator<Item = (Span, Origin<'_>)> {
        self.segments.iter().filter_map(|segment| {
            let span = Span { start: segment.start, end: segment.end };
            self.origin(segment.site).map(|origin| (span, origin))
        })
    }

    fn origin(&self, site: usize) -> Option<Origin<'_>> {
        self.sites.get(site).map(|site| Origin { trace: self, site })
    }
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.parts()).finish()
    }
}

impl<'t> Origin<'t> {
    /// The name of the template, as `define` or the file gives it.
    pub fn template(&self) -> &'t str {
        self.site.template.name.as_str()
    }

    /// The file that holds it.
    pub fn file(&self) -> &'t str {
        self.site.template.source.name.as_str()
    }

    /// The bytes of the file: a text between actions, or the inside of an action.
    pub fn span(&self) -> Span {
        Span { start: self.site.start as usize, end: self.site.end as usize }
    }

    /// The line and column where they start.
    pub fn location(&self) -> Location {
        Location::of(&self.site.template.source.text, self.site.start as usize)
    }

    /// The call that ran the template; none for the one that was asked for.
    pub fn caller(&self) -> Option<Origin<'t>> {
        self.trace.origin(self.site.caller?)
    }
}

impl std::fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Location { line, column } = self.location();
        write!(f, "{}:{line}:{column}", self.file())
    }
}

/// Notes the sites while templates run.
#[derive(Default)]
pub(crate) struct Tracer {
    trace: Trace,
    /// The node that runs.
    current: Option<usize>,
    /// The call that runs the template that runs.
    caller: Option<usize>,
    /// What calls have returned since the action that runs began.
    returned: Vec<Returned>,
}

/// A text that an `include` or `tpl` has returned.
struct Returned {
    text: Vec<u8>,
    segments: Vec<Segment>,
}

/// The sites around a call.
pub(crate) struct Outer {
    current: Option<usize>,
    caller: Option<usize>,
}

/// The output around a call.
pub(crate) struct Output {
    segments: Vec<Segment>,
    returned: usize,
}

impl Tracer {
    /// A node begins; what is returned belongs to [`wrote`](Tracer::wrote).
    pub(crate) fn node(&mut self, template: &Arc<Template>, start: u32, end: u32) -> usize {
        self.current = Some(self.trace.sites.len());
        let caller = self.caller;
        self.trace.sites.push(Site { template: template.clone(), start, end, caller });
        self.returned.len()
    }

    /// A template is called by the node that runs.
    pub(crate) fn call(&mut self) -> Outer {
        let outer = Outer { current: self.current, caller: self.caller };
        self.caller = self.current;
        outer
    }

    pub(crate) fn returned(&mut self, outer: Outer) {
        self.current = outer.current;
        self.caller = outer.caller;
    }

    /// The output goes to a new buffer.
    pub(crate) fn begin(&mut self) -> Output {
        let segments = std::mem::take(&mut self.trace.segments);
        Output { segments, returned: self.returned.len() }
    }

    /// The output goes to the former buffer again; the other has `text`.
    pub(crate) fn end(&mut self, output: Output, text: &[u8]) {
        let segments = std::mem::replace(&mut self.trace.segments, output.segments);
        self.returned.truncate(output.returned);
        self.returned.push(Returned { text: text.to_vec(), segments });
    }

    /// The node that runs has written what is behind `before`.
    pub(crate) fn wrote(&mut self, before: usize, out: &[u8], mark: usize) {
        let calls =
            if mark <= self.returned.len() { self.returned.split_off(mark) } else { Vec::new() };
        let Some(site) = self.current.filter(|_| out.len() > before) else { return };
        self.trace.segments.push(Segment { start: before, end: out.len(), site });
        let mut sources = calls.iter().flat_map(lines);
        if calls.is_empty() {
            return;
        }
        let mut at = before;
        for line in out.get(before..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
            let words = line.trim_ascii();
            let start = at + (line.len() - line.trim_ascii_start().len());
            at += line.len();
            if words.is_empty() {
                continue;
            }
            // Functions that change the lines, or their order, end the search.
            let Some((_, site)) = sources.by_ref().find(|(source, _)| *source == words) else {
                break;
            };
            self.trace.segments.push(Segment { start, end: start + words.len(), site });
        }
    }

    /// Every `word` is taken out of the output.
    pub(crate) fn strip(&mut self, out: &[u8], word: &[u8]) {
        let removed: Vec<usize> = memchr::memmem::find_iter(out, word).collect();
        let moved = |offset: usize| {
            let before = removed.partition_point(|start| start + word.len() <= offset);
            let inside = removed.get(before).filter(|start| **start < offset);
            offset.min(inside.copied().unwrap_or(offset)) - before * word.len()
        };
        if removed.is_empty() {
            return;
        }
        for segment in &mut self.trace.segments {
            segment.start = moved(segment.start);
            segment.end = moved(segment.end);
        }
    }

    /// What was noted.
    pub(crate) fn finish(mut self) -> Trace {
        self.trace.segments.sort_by_key(|segment| segment.start);
        self.trace
    }
}

/// The lines of a returned text that have words, with the sites of their first word.
fn lines(returned: &Returned) -> impl Iterator<Item = (&[u8], usize)> {
    let mut at = 0;
    returned.text.split_inclusive(|byte| *byte == b'\n').filter_map(move |line| {
        let start = at + (line.len() - line.trim_ascii_start().len());
        at += line.len();
        let words = line.trim_ascii();
        let segments = returned.segments.iter().rev();
        let mut around = segments.filter(|part| part.start <= start && start < part.end);
        around.next().filter(|_| !words.is_empty()).map(|part| (words, part.site))
    })
}
