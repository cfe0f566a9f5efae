//! The behaviour of `pintle-strconv`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod strconv {
    mod printable;
}
