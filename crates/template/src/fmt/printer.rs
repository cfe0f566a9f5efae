//! Values of every kind under a verb.

use super::integer::Base;
use super::pad::Spec;
use super::{MAX_DEPTH, MAX_TEXT};
use crate::value::Complex;
use crate::{Failure, List, ListType, Number, Object, Value};

/// What Go prints as the address of a map, slice or pointer. Real ones differ from run to run.
const ADDRESS: u64 = 0xc0_0001_0000;

/// Appends values to a text.
pub(super) struct Printer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    pub(super) spec: Spec,
    /// Methods are not asked while the text of a wrong verb is printed.
    erroring: bool,
    stopped: Option<&'static str>,
    most: usize,
}

impl<'a> Printer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Printer<'a> {
        let most = out.len().saturating_add(MAX_TEXT);
        Printer { out, spec: Spec::default(), erroring: false, stopped: None, most }
    }

    pub(super) fn write(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// Whether a limit ended the printing.
    pub(super) fn stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Whether printing is to go on.
    pub(super) fn goes_on(&mut self) -> bool {
        if self.stopped.is_none() && self.out.len() > self.most {
            self.stopped = Some("the printed text is longer than 256 MiB");
        }
        self.stopped.is_none()
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.goes_on();
        self.stopped.map_or(Ok(()), |why| Err(Failure::limit(why)))
    }

    /// Prints an argument under a verb.
    pub(super) fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Absent | Value::Nil, 'T' | 'v') => self.spec.pad(self.out, b"<nil>"),
            (Value::Absent | Value::Nil, _) => self.wrong_verb(None, verb),
            (_, 'T') => self.spec.string(self.out, value.type_name().as_bytes()),
            (_, 'p') => self.pointer(value, verb),
            (Value::List(list), _) if list.list_type() == ListType::Bytes => {
                self.bytes(list, verb, "[]byte");
            }
            _ => self.value(value, verb, 0),
        }
    }

    /// Prints a value `depth` levels inside of an argument.
    fn value(&mut self, value: &Value, verb: char, depth: u32) {
        if depth > MAX_DEPTH {
            self.stopped = Some("a value nested more than 1000 levels deep cannot be printed");
        }
        if !self.goes_on() {
            return;
        }
        match value {
            Value::Absent | Value::Nil if self.spec.sharp_v => self.write(b"interface {}(nil)"),
            Value::Absent | Value::Nil => self.write(b"<nil>"),
            Value::Bool(flag) => match verb {
                't' | 'v' => self.spec.pad(self.out, if *flag { b"true" } else { b"false" }),
                _ => self.wrong_verb(Some(value), verb),
            },
            Value::Number(number) => self.number(value, *number, verb),
            Value::String(text) => self.text(value, text.as_bytes(), verb),
            Value::List(_) | Value::Map(_) if verb == 'w' && !self.erroring => {
                self.wrong_verb(Some(value), verb);
            }
            Value::List(list) => {
                let bytes = list.list_type() == ListType::Bytes;
                if bytes && matches!(verb, 's' | 'q' | 'x' | 'X') {
                    self.bytes(list, verb, list.list_type().name());
                } else {
                    self.list(list, list.list_type().name(), verb, depth);
                }
            }
            Value::Map(map) => {
                let name = map.map_type().name();
                if self.spec.sharp_v && map.is_nil() {
                    return self.nil_of(name);
                }
                let entries = map.snapshot();
                self.open_map(name);
                for (at, (key, item)) in entries.iter().enumerate() {
                    self.separate(at);
                    self.text(&Value::String(key.clone().into()), key.as_bytes(), verb);
                    self.write(b":");
                    self.value(item, verb, depth + 1);
                    if !self.goes_on() {
                        return;
                    }
                }
                self.close_map();
            }
            Value::Object(object) => self.object(value, object.as_ref(), verb, depth),
        }
    }

    /// A slice or a map that is nil, in Go's syntax.
    fn nil_of(&mut self, name: &str) {
        self.write(name.as_bytes());
        self.write(b"(nil)");
    }

    fn open_map(&mut self, name: &str) {
        if self.spec.sharp_v {
            self.write(name.as_bytes());
            self.write(b"{");
        } else {
            self.write(b"map[");
        }
    }

    fn close_map(&mut self) {
        self.write(if self.spec.sharp_v { b"}" } else { b"]" });
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.write(if self.spec.sharp_v { b", " } else { b" " });
        }
    }

    fn list(&mut self, list: &List, name: &str, verb: char, depth: u32) {
        if self.spec.sharp_v {
            if list.is_nil() {
                return self.nil_of(name);
            }
            self.write(name.as_bytes());
            self.write(b"{");
        } else {
            self.write(b"[");
        }
        for (at, item) in list.items().iter().enumerate() {
            self.separate(at);
            self.value(item, verb, depth + 1);
            if !self.goes_on() {
                return;
            }
        }
        self.write(if self.spec.sharp_v { b"}" } else { b"]" });
    }

    fn text(&mut self, value: &Value, text: &[u8], verb: char) {
        match verb {
            'v' if self.spec.sharp_v => self.spec.quoted(self.out, text),
            'v' | 's' => self.spec.string(self.out, text),
            'x' | 'X' => self.spec.hex(self.out, text, verb == 'X'),
            'q' => self.spec.quoted(self.out, text),
            _ => self.wrong_verb(Some(value), verb),
        }
    }

    /// A `[]byte`, as `name` calls it.
    fn bytes(&mut self, list: &List, verb: char, name: &str) {
        match verb {
            's' | 'q' | 'x' | 'X' => {
                let bytes = list.to_bytes().unwrap_or_default();
                match verb {
                    's' => self.spec.string(self.out, &bytes),
                    'q' => self.spec.quoted(self.out, &bytes),
                    _ => self.spec.hex(self.out, &bytes, verb == 'X'),
                }
            }
            'v' | 'd' => self.list(list, name, verb, 0),
            _ => self.list(list, "[]uint8", verb, 0),
        }
    }

    fn number(&mut self, value: &Value, number: Number, verb: char) {
        if let Number::Duration(_) | Number::Named(..) = number {
            if verb == 'w' && !self.erroring {
                return self.wrong_verb(Some(value), verb);
            }
            // Types with a String method.
            if !self.erroring && !self.spec.sharp_v && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
                let mut text = Vec::new();
                number.append_to(&mut text);
                return self.text(value, &text, verb);
            }
        }
        let (negative, magnitude, signed) = match (number.signed(), number.unsigned()) {
            (Some(n), _) => (n < 0, n.unsigned_abs(), true),
            (_, Some(n)) => (false, n, false),
            _ => return self.float(value, number.float().unwrap_or_default(), verb),
        };
        // Where Go takes the bits of a negative number as an unsigned one.
        let bits = if negative { magnitude.wrapping_neg() } else { magnitude };
        let base = match verb {
            'v' if self.spec.sharp_v && !signed => {
                let spec = Spec { sharp: true, ..self.spec };
                return spec.integer(self.out, false, magnitude, Base::HEX);
            }
            'v' | 'd' => Base::TEN,
            'b' => Base { radix: 2, ..Base::TEN },
            'o' => Base { radix: 8, ..Base::TEN },
            'O' => Base { radix: 8, letter_o: true, ..Base::TEN },
            'x' => Base::HEX,
            'X' => Base { upper: true, ..Base::HEX },
            'c' => return self.spec.character(self.out, bits),
            'q' => return self.spec.quoted_character(self.out, bits),
            'U' => return self.spec.code_point(self.out, bits),
            _ => return self.wrong_verb(Some(value), verb),
        };
        self.spec.integer(self.out, negative, magnitude, base);
    }

    fn float(&mut self, value: &Value, number: f64, verb: char) {
        let (letter, precision) = match verb {
            'v' if self.spec.is_plain() => return Number::Float64(number).append_to(self.out),
            'v' | 'g' => (b'g', None),
            'b' => (b'b', None),
            'G' => (b'G', None),
            'x' => (b'x', None),
            'X' => (b'X', None),
            'f' | 'F' => (b'f', Some(6)),
            'e' => (b'e', Some(6)),
            'E' => (b'E', Some(6)),
            _ => return self.wrong_verb(Some(value), verb),
        };
        self.spec.float(self.out, number, letter, precision);
    }

    /// Both parts under the same verb, the second one with its sign.
    fn complex(&mut self, value: &Value, complex: Complex, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.wrong_verb(Some(value), verb);
        }
        self.write(b"(");
        self.float(value, complex.real, verb);
        let plus = std::mem::replace(&mut self.spec.plus, true);
        self.float(value, complex.imaginary, verb);
        self.write(b"i)");
        self.spec.plus = plus;
    }

    fn object(&mut self, value: &Value, object: &dyn Object, verb: char, depth: u32) {
        if let Some(complex) = value.as_object::<Complex>() {
            return self.complex(value, *complex, verb);
        }
        if verb == 'w' && !self.erroring {
            return self.wrong_verb(Some(value), verb);
        }
        if self.spec.sharp_v
            && !self.erroring
            && let Some(text) = object.go_syntax()
        {
            return self.spec.string(self.out, &text);
        }
        if !self.erroring
            && !self.spec.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = object.text()
        {
            return self.text(value, &text, verb);
        }
        let mut name = object.type_name();
        if let Some(items) = object.items() {
            return match &items {
                Value::List(list) => self.list(list, name, verb, depth),
                other => self.value(other, verb, depth),
            };
        }
        if let Some(struct_name) = name.strip_prefix('*') {
            if depth > 0 {
                return self.pointer(value, verb);
            }
            self.write(b"&");
            name = struct_name;
        }
        if self.spec.sharp_v {
            self.write(name.as_bytes());
        }
        self.write(b"{");
        for (at, (field, item)) in object.fields().iter().enumerate() {
            self.separate(at);
            if self.spec.plus_v || self.spec.sharp_v {
                self.write(field.as_bytes());
                self.write(b":");
            }
            self.value(item, verb, depth + 1);
            if !self.goes_on() {
                return;
            }
        }
        self.write(b"}");
    }

    /// The address of a map, slice or pointer.
    fn pointer(&mut self, value: &Value, verb: char) {
        match value {
            Value::Map(_) | Value::List(_) => {}
            Value::Object(_) if matches!(value.kind_name(), "ptr" | "map" | "slice" | "func") => {}
            _ => return self.wrong_verb(Some(value), verb),
        }
        let spec = Spec { sharp: !self.spec.sharp, ..self.spec };
        match verb {
            'v' if self.spec.sharp_v => {
                self.write(b"(");
                self.write(value.type_name().as_bytes());
                self.write(b")(");
                Spec { sharp: true, ..self.spec }.integer(self.out, false, ADDRESS, Base::HEX);
                self.write(b")");
            }
            'v' | 'p' => spec.integer(self.out, false, ADDRESS, Base::HEX),
            'b' | 'o' | 'd' | 'x' | 'X' => {
                self.number(value, Number::Uint64(ADDRESS), verb);
            }
            _ => self.wrong_verb(Some(value), verb),
        }
    }

    /// `%!d(string=x)`
    pub(super) fn wrong_verb(&mut self, value: Option<&Value>, verb: char) {
        self.erroring = true;
        self.write(b"%!");
        self.write(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.write(b"(");
        match value {
            Some(value) => {
                self.write(value.type_name().as_bytes());
                self.write(b"=");
                self.argument(value, 'v');
            }
            None => self.write(b"<nil>"),
        }
        self.write(b")");
        self.erroring = false;
    }
}
