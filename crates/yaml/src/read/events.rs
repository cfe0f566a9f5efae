//! The events of a YAML stream, from the libyaml that the YAML organisation keeps in Rust.
//!
//! The only place with `unsafe`: the rest of the crate sees borrowed text and plain numbers. A
//! parser of our own with the same events can take its place.

#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ffi::CStr;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use libyaml_rs as sys;

/// A place in the stream; all three numbers begin at 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    /// Characters before it.
    pub(super) index: usize,
    pub(super) line: usize,
    /// Characters before it in its line.
    pub(super) column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Reader,
    Scanner,
    Parser,
}

/// Why there is no next event.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) layer: Layer,
    pub(super) text: &'static str,
    pub(super) at: Mark,
    pub(super) context: Mark,
    /// The byte, for problems of the reader.
    pub(super) offset: usize,
}

#[derive(Debug)]
pub(super) enum Kind<'p> {
    StreamStart,
    StreamEnd,
    DocumentStart {
        version: Option<(i32, i32)>,
    },
    DocumentEnd,
    Alias {
        anchor: Cow<'p, str>,
    },
    Scalar {
        anchor: Option<Cow<'p, str>>,
        tag: Option<Cow<'p, str>>,
        value: Cow<'p, str>,
        plain: bool,
    },
    SequenceStart {
        anchor: Option<Cow<'p, str>>,
        flow: bool,
    },
    SequenceEnd,
    MappingStart {
        anchor: Option<Cow<'p, str>>,
        flow: bool,
    },
    MappingEnd,
}

/// An event; its texts live until the next one is asked for.
#[derive(Debug)]
pub(super) struct Event<'p> {
    pub(super) kind: Kind<'p>,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// What the parser's read handler gets to see of the input.
struct Input {
    next: *const u8,
    left: usize,
}

/// How many bytes the parser gets at once. go-yaml reads in steps of this size, and a bad byte is
/// found when the step that holds it is read; so this decides which of two errors comes first.
const STEP: u64 = 512;

/// The parser's own buffer, from whose free part the handler learns what is left over in it.
const RAW_BUFFER: u64 = 16384;

/// A parser over a borrowed text.
pub(super) struct Events<'t> {
    parser: NonNull<sys::yaml_parser_t>,
    input: NonNull<Input>,
    /// The event given out last; its memory is freed with the next.
    event: Option<sys::yaml_event_t>,
    text: PhantomData<&'t [u8]>,
}

/// Copies the next step of the input.
///
/// # Safety
/// `data` is the `Input` that the parser was given, whose `next` is good for `left` bytes; `buffer`
/// is good for `size` bytes and `size_read` for a write. libyaml promises the latter two.
unsafe fn read(
    data: *mut std::ffi::c_void,
    buffer: *mut u8,
    size: u64,
    size_read: *mut u64,
) -> i32 {
    // SAFETY: see above; `n` is at most `left` and `size`, and the text is not the parser's buffer.
    unsafe {
        let input = &mut *data.cast::<Input>();
        let kept = RAW_BUFFER.saturating_sub(size);
        let n = STEP.saturating_sub(kept).max(1).min(size).min(input.left as u64) as usize;
        std::ptr::copy_nonoverlapping(input.next, buffer, n);
        input.next = input.next.add(n);
        input.left -= n;
        *size_read = n as u64;
    }
    1
}

impl<'t> Events<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let input = Box::new(Input { next: text.as_ptr(), left: text.len() });
        let input = NonNull::from(Box::leak(input));
        let parser =
            NonNull::from(Box::leak(Box::new(MaybeUninit::<sys::yaml_parser_t>::uninit()))).cast();
        // SAFETY: the memory is big enough for a parser and stays in place until `drop`; the call
        // fills it (it aborts when memory is out) before anything else looks at it. `input` lives
        // as long as the parser, and `'t` keeps the text alive.
        unsafe {
            let _ = sys::yaml_parser_initialize(parser.as_ptr());
            sys::yaml_parser_set_input(parser.as_ptr(), read, input.as_ptr().cast());
        }
        Events { parser, input, event: None, text: PhantomData }
    }

    /// Frees the event given out last; nobody has its texts any more, as they borrow from `self`.
    fn forget(&mut self) {
        if let Some(mut event) = self.event.take() {
            // SAFETY: the parser made the event, and it is freed once only.
            unsafe { sys::yaml_event_delete(&raw mut event) };
        }
    }

    pub(super) fn next(&mut self) -> Result<Event<'_>, Problem> {
        self.forget();
        let mut event = MaybeUninit::<sys::yaml_event_t>::zeroed();
        // SAFETY: the parser is initialised; it fills the event when it says so, and zeros it first,
        // so that it is an event (of no type) in the other case too.
        let event = unsafe {
            let done = sys::yaml_parser_parse(self.parser.as_ptr(), event.as_mut_ptr());
            if !done.ok {
                return Err(self.problem());
            }
            event.assume_init()
        };
        self.event = Some(event);
        // SAFETY: the type says which part of the union is filled; its pointers are null or
        // nul-terminated texts of the event (of `length` bytes for the value), which live until
        // `forget`, for which `&mut self` is needed.
        let kind = unsafe {
            match event.type_ {
                sys::YAML_STREAM_START_EVENT => Kind::StreamStart,
                sys::YAML_DOCUMENT_START_EVENT => {
                    let version = event.data.document_start.version_directive;
                    let version = version.as_ref().map(|v| (v.major, v.minor));
                    Kind::DocumentStart { version }
                }
                sys::YAML_DOCUMENT_END_EVENT => Kind::DocumentEnd,
                sys::YAML_ALIAS_EVENT => {
                    Kind::Alias { anchor: text(event.data.alias.anchor).unwrap_or_default() }
                }
                sys::YAML_SCALAR_EVENT => {
                    let scalar = event.data.scalar;
                    let value = if scalar.value.is_null() {
                        Cow::Borrowed("")
                    } else {
                        let bytes =
                            std::slice::from_raw_parts(scalar.value, scalar.length as usize);
                        String::from_utf8_lossy(bytes)
                    };
                    Kind::Scalar {
                        anchor: text(scalar.anchor),
                        tag: text(scalar.tag),
                        value,
                        plain: scalar.plain_implicit,
                    }
                }
                sys::YAML_SEQUENCE_START_EVENT => {
                    let start = event.data.sequence_start;
                    let flow = start.style == sys::YAML_FLOW_SEQUENCE_STYLE;
                    Kind::SequenceStart { anchor: text(start.anchor), flow }
                }
                sys::YAML_SEQUENCE_END_EVENT => Kind::SequenceEnd,
                sys::YAML_MAPPING_START_EVENT => {
                    let start = event.data.mapping_start;
                    let flow = start.style == sys::YAML_FLOW_MAPPING_STYLE;
                    Kind::MappingStart { anchor: text(start.anchor), flow }
                }
                sys::YAML_MAPPING_END_EVENT => Kind::MappingEnd,
                _ => Kind::StreamEnd,
            }
        };
        Ok(Event { kind, start: mark(event.start_mark), end: mark(event.end_mark) })
    }

    fn problem(&self) -> Problem {
        // SAFETY: the parser is initialised; `problem` is null or a static text.
        unsafe {
            let parser = &**self.parser.as_ptr();
            let text: &'static str = if parser.problem.is_null() {
                "unknown problem parsing YAML content"
            } else {
                CStr::from_ptr(parser.problem.cast()).to_str().unwrap_or_default()
            };
            // Go's port has kept a misspelling that libyaml has corrected.
            let text = match text {
                "did not find expected hexadecimal number" => {
                    "did not find expected hexdecimal number"
                }
                text => text,
            };
            let layer = match parser.error {
                sys::YAML_SCANNER_ERROR => Layer::Scanner,
                sys::YAML_PARSER_ERROR => Layer::Parser,
                _ => Layer::Reader,
            };
            Problem {
                layer,
                text,
                at: mark(parser.problem_mark),
                context: mark(parser.context_mark),
                offset: parser.problem_offset as usize,
            }
        }
    }
}

impl Drop for Events<'_> {
    fn drop(&mut self) {
        self.forget();
        // SAFETY: both were leaked from boxes in `new`, the parser's as uninitialised memory; the
        // parser is not used after this.
        unsafe {
            sys::yaml_parser_delete(self.parser.as_ptr());
            drop(Box::from_raw(self.parser.cast::<MaybeUninit<sys::yaml_parser_t>>().as_ptr()));
            drop(Box::from_raw(self.input.as_ptr()));
        }
    }
}

fn mark(mark: sys::yaml_mark_t) -> Mark {
    Mark { index: mark.index as usize, line: mark.line as usize, column: mark.column as usize }
}

/// A nul-terminated text, unless the pointer is null.
///
/// # Safety
/// `text` is null or points to a nul-terminated text that lives for `'p`.
unsafe fn text<'p>(text: *const u8) -> Option<Cow<'p, str>> {
    if text.is_null() {
        return None;
    }
    // SAFETY: promised by the caller.
    Some(unsafe { CStr::from_ptr(text.cast()) }.to_string_lossy())
}
