//! A program with templates in it: prints a greeting for each name on its command line.

use pintle_template::{Engine, Function, NoHost, Param, Value};

const GREETING: &str =
    "{{ range $i, $name := . }}{{ $i | ordinal }}: Hello, {{ $name }}!\n{{ end }}";

fn main() -> Result<(), pintle_template::Error> {
    let ordinal = Function::new("ordinal", &[Param::Int], |call| {
        Ok(Value::from(format!("no. {}", call.int(0) + 1)))
    });
    let set = Engine::new().function(ordinal).parse("greeting", GREETING)?;
    let names = Value::strings(std::env::args().skip(1));
    print!("{}", set.session(&mut NoHost).render("greeting", &names)?.to_str());
    Ok(())
}
