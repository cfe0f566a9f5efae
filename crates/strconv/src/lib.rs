//! Go's text forms of numbers, quoted strings and durations.
//!
//! Programs that must print what a Go program prints, or read what it reads, need the exact rules of
//! Go's packages `strconv`, `time` and `encoding/json`: when a float gets an exponent, which characters a
//! quoted string escapes, what `1h30m0s` is, what an error says. This crate has these rules, as of
//! Go 1.26 and its Unicode 15.0.
//!
//! ```
//! use pintle_strconv::{Notation, format_f64, parse_duration, parse_int, quote};
//!
//! // Numbers.
//! assert_eq!(format_f64(12345678.0, Notation::General, None), "1.2345678e+07");
//! assert_eq!(parse_int("0x_ff", 0, 64)?, 255);
//! assert_eq!(
//!     parse_int("ten", 10, 64).unwrap_err().to_string(),
//!     r#"strconv.ParseInt: parsing "ten": invalid syntax"#,
//! );
//!
//! // Strings are bytes, as in Go, and need not be UTF-8.
//! assert_eq!(quote("say \"hé\"\n"), r#""say \"hé\"\n""#);
//! assert_eq!(quote(b"\xff"), r#""\xff""#);
//!
//! // Durations.
//! assert_eq!(parse_duration("90m")?.to_string(), "1h30m0s");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! | Go | here |
//! |---|---|
//! | `FormatInt`, `FormatUint`, `AppendInt`, `AppendUint` | [`format_int`], [`format_uint`], [`append_int`], [`append_uint`] for base 10, and with `_radix` for a [`Radix`] |
//! | `FormatFloat`, `AppendFloat` | [`format_f64`], [`format_f32`], [`append_f64`], [`append_f32`] with a [`Notation`] |
//! | floats of `encoding/json` | [`append_json_f64`], [`append_json_f32`] |
//! | `ParseInt`, `ParseUint`, `Atoi` | [`parse_int`], [`parse_uint`], [`atoi`] |
//! | `ParseFloat` | [`parse_f64`], [`parse_f32`] |
//! | `ParseBool` | [`parse_bool`] |
//! | `Quote`, `QuoteToASCII`, `QuoteToGraphic` | [`quote()`], [`quote_to_ascii`], [`quote_to_graphic`] |
//! | `QuoteRune`, … | [`quote_rune`], [`quote_rune_to_ascii`], [`quote_rune_to_graphic`] |
//! | `Unquote`, `UnquoteChar`, `QuotedPrefix` | [`unquote`], [`unquote_char`], [`quoted_prefix`] |
//! | `CanBackquote`, `IsPrint`, `IsGraphic` | [`can_backquote`], [`is_print`], [`is_graphic`] |
//! | `time.Duration`, `time.ParseDuration` | [`Duration`], [`parse_duration`] |
//! | the days of `time.Date` | [`civil`] |
//!
//! Each `parse_` function has a `scan_` twin for callers that try a text and go on when it fails:
//! the twin's error does not hold the text and costs no allocation. The `append_` functions write
//! to a [`String`] or a `Vec<u8>` (see [`Append`]) and do not allocate beyond its growth.
//!
//! Nothing here panics, recurses, or makes a text that is longer than its input and the precision
//! asked for warrant ([`MAX_PRECISION`]).

#![forbid(unsafe_code)]

mod append;
pub mod civil;
mod duration;
mod float;
mod integer;
mod parse;
mod quote;

pub use append::Append;
pub use duration::{Duration, DurationError, DurationErrorKind, parse_duration};
pub use float::{
    MAX_PRECISION, NotJson, Notation, append_f32, append_f64, append_json_f32, append_json_f64,
    format_f32, format_f64,
};
pub use integer::{
    Radix, append_int, append_int_radix, append_uint, append_uint_radix, format_int,
    format_int_radix, format_uint, format_uint_radix,
};
pub use parse::{
    Function, NumError, NumErrorKind, atoi, parse_bool, parse_f32, parse_f64, parse_int,
    parse_uint, scan_bool, scan_f32, scan_f64, scan_int, scan_uint,
};
pub use quote::{
    QuoteSyntaxError, Unquoted, append_quote, append_quote_rune, append_quote_rune_to_ascii,
    append_quote_rune_to_graphic, append_quote_to_ascii, append_quote_to_graphic, can_backquote,
    is_graphic, is_print, quote, quote_rune, quote_rune_to_ascii, quote_rune_to_graphic,
    quote_to_ascii, quote_to_graphic, quoted_prefix, unquote, unquote_char,
};
