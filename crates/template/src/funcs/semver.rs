//! sprig's semantic versions.

use std::any::Any;

use pintle_semver::{Constraint, Version};
use pintle_yaml as yaml;

use crate::{Call, Failure, Function, Number, Object, Outcome, Param, Value};

/// The functions of this file.
pub(crate) const FUNCTIONS: &[Function] = &[
    Function::new("semver", &[Param::String], semver),
    Function::new("semverCompare", &[Param::String, Param::String], semver_compare),
];

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

fn semver(call: &mut Call<'_>) -> Outcome {
    let version = Version::parse(call.text(0).as_bytes()).map_err(failure)?;
    Ok(Value::object(GoVersion { version, pointer: true }))
}

fn semver_compare(call: &mut Call<'_>) -> Outcome {
    let constraint = Constraint::parse(call.text(0).as_bytes()).map_err(failure)?;
    let version = Version::parse(call.text(1).as_bytes()).map_err(failure)?;
    Ok(Value::Bool(constraint.check(&version)))
}

/// A `*semver.Version`, or the `semver.Version` that some methods return.
#[derive(Debug)]
struct GoVersion {
    version: Version,
    pointer: bool,
}

/// The methods that a pointer has.
const POINTER_METHODS: &[&str] = &[
    "Original",
    "LessThan",
    "LessThanEqual",
    "GreaterThan",
    "GreaterThanEqual",
    "Equal",
    "Compare",
];

/// The methods that both have.
const METHODS: &[&str] = &[
    "String",
    "Major",
    "Minor",
    "Patch",
    "Prerelease",
    "Metadata",
    "IncPatch",
    "IncMinor",
    "IncMajor",
    "SetPrerelease",
    "SetMetadata",
    "Value",
];

impl Object for GoVersion {
    fn type_name(&self) -> &str {
        if self.pointer { "*semver.Version" } else { "semver.Version" }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn has_method(&self, name: &str) -> bool {
        METHODS.contains(&name) || self.pointer && POINTER_METHODS.contains(&name)
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Outcome {
        let version = &self.version;
        let (takes_text, takes_version) =
            (name.starts_with("Set"), name != "Original" && POINTER_METHODS.contains(&name));
        call.expect_args(name, usize::from(takes_text || takes_version))?;
        let next = |version: Result<Version, pintle_semver::VersionError>| {
            let version = version.map_err(failure)?;
            Ok(Value::object(GoVersion { version, pointer: false }))
        };
        if takes_text {
            let Some(text) = call.arg(0).as_text() else {
                return Err(call.wrong_type("string", 0));
            };
            let text = text.to_str();
            return next(if name == "SetMetadata" {
                version.with_metadata(&text)
            } else {
                version.with_prerelease(&text)
            });
        }
        if takes_version {
            let other = call.arg(0).as_object::<GoVersion>().filter(|other| other.pointer);
            let Some(other) = other else { return Err(call.wrong_type("*semver.Version", 0)) };
            let order = version.cmp(&other.version);
            return Ok(match name {
                "LessThan" => Value::Bool(order.is_lt()),
                "LessThanEqual" => Value::Bool(order.is_le()),
                "GreaterThan" => Value::Bool(order.is_gt()),
                "GreaterThanEqual" => Value::Bool(order.is_ge()),
                "Equal" => Value::Bool(order.is_eq()),
                _ => Value::int(order as i64),
            });
        }
        let number = |n| Value::Number(Number::Uint64(n));
        Ok(match name {
            "Major" => number(version.major()),
            "Minor" => number(version.minor()),
            "Patch" => number(version.patch()),
            "Prerelease" => version.prerelease().into(),
            "Metadata" => version.metadata().into(),
            "Original" => version.original().into(),
            "IncPatch" => return next(version.next_patch()),
            "IncMinor" => return next(version.next_minor()),
            "IncMajor" => return next(version.next_major()),
            _ => version.to_string().into(),
        })
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.version.to_string().into_bytes())
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        let version = &self.version;
        let number = |n| Value::Number(Number::Uint64(n));
        vec![
            ("major", number(version.major())),
            ("minor", number(version.minor())),
            ("patch", number(version.patch())),
            ("pre", version.prerelease().into()),
            ("metadata", version.metadata().into()),
            ("original", version.original().into()),
        ]
    }

    fn data(&self) -> Option<yaml::Value> {
        Some(yaml::Value::from(self.version.to_string()))
    }

    fn equals(&self, other: &Value) -> bool {
        other.as_object::<GoVersion>().is_some_and(|other| {
            self.pointer == other.pointer
                && self.version.original() == other.version.original()
                && self.version.to_string() == other.version.to_string()
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::funcs::testing::{World, call, show, text};

    fn method(version: &str, name: &str, args: &[Value]) -> String {
        let Ok(Value::Object(object)) = call("semver", &[version.into()]) else {
            return "no version".to_owned();
        };
        assert!(object.has_method(name), "{name}");
        let mut args = args.to_vec();
        let mut world = World::default();
        match object.call(name, &mut crate::Call::new(&mut args, &mut world)) {
            Ok(value) => show(&value),
            Err(failure) => format!("error: {failure}"),
        }
    }

    #[test]
    fn a_version_has_the_methods_that_templates_use() {
        let version = "v1.2.3-beta.1+linux";
        assert_eq!(text("semver", &[version.into()]), "1.2.3-beta.1+linux");
        for (name, expected) in [
            ("Major", "1"),
            ("Minor", "2"),
            ("Patch", "3"),
            ("Prerelease", "beta.1"),
            ("Metadata", "linux"),
            ("Original", version),
            ("IncMinor", "1.3.0"),
        ] {
            assert_eq!(method(version, name, &[]), expected, "{name}");
        }
        let other = call("semver", &["1.3.0".into()]).unwrap_or_default();
        assert_eq!(method("1.2.0", "Compare", &[other]), "-1");
        assert_eq!(
            method("1.2.0", "Major", &["x".into()]),
            "error: wrong number of args for Major: want 0 got 1"
        );
    }

    #[test]
    fn constraints_are_checked() {
        let compare = |a: &str, b: &str| text("semverCompare", &[a.into(), b.into()]);
        assert_eq!(compare(">=1.21-0", "v1.29.4-gke.100"), "true");
        assert_eq!(compare("^2", "1.9"), "false");
        assert!(compare("what", "1.0").starts_with("error: "));
        assert!(compare("1.0", "what").starts_with("error: "));
    }
}
