//! The behaviour of `pintle-strconv`: Go's answers in tables, laws, and the Unicode data.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod strconv {
    mod durations;
    mod floats;
    mod golden;
    mod integers;
    mod printable;
    mod quotes;
}
