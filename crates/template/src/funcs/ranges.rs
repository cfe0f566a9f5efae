//! Rows of numbers: `until`, `untilStep`, `seq`.

use pintle_strconv as strconv;

use crate::{Call, Failure, Function, List, ListType, Outcome, Param, Value};

pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("until", &[Param::Int], until),
    Function::new("untilStep", &[Param::Int, Param::Int, Param::Int], until_step),
    Function::variadic("seq", &[], Param::Int, seq),
];

/// How many numbers there are from `start` to before `stop`.
fn count(start: i64, stop: i64, step: i64) -> Result<usize, Failure> {
    let distance = i128::from(stop) - i128::from(start);
    let step = i128::from(step);
    if distance == 0 || step == 0 || (distance < 0) != (step < 0) {
        return Ok(0);
    }
    let count = (distance.abs() + step.abs() - 1) / step.abs();
    let last = i128::from(start) + count * step;
    // Go's counter would wrap around and go on.
    if last != i128::from(last as i64) {
        return Err(Failure::limit("the numbers do not end"));
    }
    usize::try_from(count).map_err(|_| Failure::limit("there are too many numbers"))
}

fn numbers(start: i64, step: i64, count: usize) -> impl Iterator<Item = i64> {
    let mut next = start;
    (0..count).map(move |_| {
        let number = next;
        next = next.wrapping_add(step);
        number
    })
}

fn list(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Outcome {
    let count = count(start, stop, step)?;
    call.charge(count.saturating_mul(size_of::<Value>()))?;
    let items = numbers(start, step, count).map(Value::int).collect();
    Ok(List::of_type(ListType::Ints, items).into())
}

fn until(call: &mut Call<'_>) -> Outcome {
    let stop = call.int(0);
    list(call, 0, stop, if stop < 0 { -1 } else { 1 })
}

fn until_step(call: &mut Call<'_>) -> Outcome {
    let (start, stop, step) = (call.int(0), call.int(1), call.int(2));
    list(call, start, stop, step)
}

fn seq(call: &mut Call<'_>) -> Outcome {
    let (start, step, end) = match call.len() {
        1 => (1, None, call.int(0)),
        2 => (call.int(0), None, call.int(1)),
        3 => (call.int(0), Some(call.int(1)), call.int(2)),
        _ => return Ok(Value::EMPTY),
    };
    let unit = if end < start { -1 } else { 1 };
    if unit < 0 && step.is_some_and(|step| step > 0) {
        return Ok(Value::EMPTY);
    }
    // One beyond the end, whatever the step.
    let step = step.unwrap_or(unit);
    let count = count(start, end.wrapping_add(unit), step)?;
    call.charge(count.saturating_mul(8))?;
    let mut out = String::new();
    for (i, number) in numbers(start, step, count).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        strconv::append_int(&mut out, number);
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, shown};
    use super::*;

    fn ints(numbers: &[i64]) -> Vec<Value> {
        numbers.iter().map(|n| Value::int(*n)).collect()
    }

    #[test]
    fn counts() {
        let table: [(&str, &[i64], &str); 14] = [
            ("until", &[3], "[0 1 2]"),
            ("until", &[-2], "[0 -1]"),
            ("until", &[0], "[]"),
            ("untilStep", &[0, 5, 2], "[0 2 4]"),
            ("untilStep", &[5, 0, -2], "[5 3 1]"),
            ("untilStep", &[0, 5, -1], "[]"),
            ("untilStep", &[5, 0, 1], "[]"),
            ("untilStep", &[0, 5, 0], "[]"),
            ("seq", &[3], "1 2 3"),
            ("seq", &[-1], "1 0 -1"),
            ("seq", &[0, 2, 5], "0 2 4"),
            ("seq", &[5, -2, 0], "5 3 1"),
            ("seq", &[5, 2, 0], ""),
            ("seq", &[], ""),
        ];
        for (name, args, expected) in table {
            assert_eq!(shown(name, &ints(args)), expected, "{name} {args:?}");
        }
    }

    #[test]
    fn endless_rows_fail() {
        for (name, args) in [
            ("until", &[1_000_000_000_000][..]),
            ("until", &[i64::MIN]),
            ("untilStep", &[0, i64::MAX, i64::MAX - 1]),
            ("seq", &[1_000_000_000_000]),
        ] {
            let failure = call(name, &ints(args)).err();
            assert!(failure.is_some_and(|failure| failure.is_limit()), "{name} {args:?}");
        }
    }
}
