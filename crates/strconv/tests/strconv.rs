//! The behaviour of `pintle-strconv`.

mod strconv {
    mod printable;
}
