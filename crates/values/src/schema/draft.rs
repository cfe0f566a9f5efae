//! The drafts of JSON Schema and their own schemas.

use std::sync::{Arc, OnceLock};

use super::compile::Compiler;
use super::node::{Arena, Id};
use crate::NoSource;
use crate::json::Json;

/// A draft that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    D4,
    D6,
    D7,
    D2019,
    D2020,
}

use Draft::{D4, D6, D7, D2019, D2020};

/// Where schemas stand in a schema, and since which draft.
const PLACES: &[(Draft, &str, Below)] = &[
    (D4, "definitions", Below::Properties),
    (D4, "not", Below::Itself),
    (D4, "allOf", Below::Items),
    (D4, "anyOf", Below::Items),
    (D4, "oneOf", Below::Items),
    (D4, "properties", Below::Properties),
    (D4, "additionalProperties", Below::Itself),
    (D4, "patternProperties", Below::Properties),
    (D4, "items", Below::ItselfOrItems),
    (D4, "additionalItems", Below::Itself),
    (D4, "dependencies", Below::Properties),
    (D6, "propertyNames", Below::Itself),
    (D6, "contains", Below::Itself),
    (D7, "if", Below::Itself),
    (D7, "then", Below::Itself),
    (D7, "else", Below::Itself),
    (D2019, "$defs", Below::Properties),
    (D2019, "dependentSchemas", Below::Properties),
    (D2019, "unevaluatedProperties", Below::Itself),
    (D2019, "unevaluatedItems", Below::Itself),
    (D2019, "contentSchema", Below::Itself),
    (D2020, "prefixItems", Below::Items),
];

/// Where below a keyword the schemas are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    Itself,
    Items,
    ItselfOrItems,
    Properties,
}

impl Draft {
    pub(super) const LATEST: Draft = D2020;

    pub(super) fn version(self) -> u16 {
        match self {
            D4 => 4,
            D6 => 6,
            D7 => 7,
            D2019 => 2019,
            D2020 => 2020,
        }
    }

    pub(super) fn url(self) -> &'static str {
        match self {
            D4 => "http://json-schema.org/draft-04/schema",
            D6 => "http://json-schema.org/draft-06/schema",
            D7 => "http://json-schema.org/draft-07/schema",
            D2019 => "https://json-schema.org/draft/2019-09/schema",
            D2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// The draft whose schema has this URL.
    pub(super) fn of_url(url: &str) -> Option<Draft> {
        let url = url.strip_suffix('#').unwrap_or(url);
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        Some(match rest.unwrap_or(url) {
            "json-schema.org/schema" => Draft::LATEST,
            "json-schema.org/draft/2020-12/schema" => D2020,
            "json-schema.org/draft/2019-09/schema" => D2019,
            "json-schema.org/draft-07/schema" => D7,
            "json-schema.org/draft-06/schema" => D6,
            "json-schema.org/draft-04/schema" => D4,
            _ => return None,
        })
    }

    /// The keyword of the id.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == D4 { "id" } else { "$id" }
    }

    /// The id of a schema, without its fragment.
    pub(super) fn id(self, schema: &Json) -> Option<&str> {
        // Beside a `$ref`, older drafts look at nothing.
        if self < D2019 && schema.get("$ref").is_some() {
            return None;
        }
        let id = schema.get(self.id_keyword())?.as_str()?;
        let id = id.split('#').next().unwrap_or_default();
        (!id.is_empty()).then_some(id)
    }

    pub(super) fn places(self) -> impl Iterator<Item = (&'static str, Below)> {
        let known = PLACES.iter().filter(move |(since, ..)| *since <= self);
        known.map(|(_, keyword, below)| (*keyword, *below))
    }

    pub(super) fn vocabulary_prefix(self) -> &'static str {
        match self {
            D2019 => "https://json-schema.org/draft/2019-09/vocab/",
            D2020 => "https://json-schema.org/draft/2020-12/vocab/",
            _ => "",
        }
    }

    pub(super) fn vocabularies(self) -> &'static [&'static str] {
        match self {
            D2019 => &["core", "applicator", "validation", "meta-data", "format", "content"],
            D2020 => &[
                "core",
                "applicator",
                "unevaluated",
                "validation",
                "meta-data",
                "format-annotation",
                "format-assertion",
                "content",
            ],
            _ => &[],
        }
    }

    pub(super) fn default_vocabularies(self) -> &'static [&'static str] {
        match self {
            D2019 => &["core", "applicator", "validation"],
            D2020 => &["core", "applicator", "unevaluated", "validation"],
            _ => &[],
        }
    }

    /// The schema of schemas of this draft.
    pub(super) fn meta(self) -> Arc<Meta> {
        static METAS: [OnceLock<Arc<Meta>>; 5] = [const { OnceLock::new() }; 5];
        let make = || Arc::new(Meta::compile(self.url(), None));
        METAS.get(self as usize).map_or_else(make, |meta| Arc::clone(meta.get_or_init(make)))
    }

    /// The schema of schemas with these vocabularies only.
    pub(super) fn meta_of(self, vocabularies: &[String]) -> Arc<Meta> {
        let url = "urn:mem:metaschema";
        let base = self.url().strip_suffix("schema").unwrap_or_default();
        let parts: Vec<String> =
            vocabularies.iter().map(|name| format!(r#"{{"$ref":"{base}meta/{name}"}}"#)).collect();
        let text = format!(
            r#"{{"$schema":"{}","$dynamicAnchor":"meta","$recursiveAnchor":true,"allOf":[{}]}}"#,
            self.url(),
            parts.join(",")
        );
        Arc::new(Meta::compile(url, Json::read(text.as_bytes()).ok()))
    }
}

/// A schema of schemas.
#[derive(Debug)]
pub(super) struct Meta {
    pub(super) arena: Arena,
    pub(super) root: Id,
}

impl Meta {
    fn compile(url: &str, document: Option<Json>) -> Meta {
        let mut source = NoSource;
        let mut compiler = Compiler::of_meta(&mut source);
        if let Some(document) = document {
            compiler.add(url, document);
        }
        // The texts are part of the program, and a test compiles each.
        let root = compiler.compile(url).unwrap_or_default();
        Meta { arena: compiler.finish(), root }
    }
}

/// The texts of the schemas of schemas, which stand at json-schema.org.
pub(super) fn document(url: &str) -> Option<Json> {
    let rest = url
        .strip_prefix("http://json-schema.org/")
        .or_else(|| url.strip_prefix("https://json-schema.org/"))?;
    let text = match rest {
        "schema" | "draft/2020-12/schema" => include_str!("meta/draft-2020-12-schema.json"),
        "draft/2020-12/meta/core" => include_str!("meta/draft-2020-12-meta-core.json"),
        "draft/2020-12/meta/applicator" => include_str!("meta/draft-2020-12-meta-applicator.json"),
        "draft/2020-12/meta/unevaluated" => {
            include_str!("meta/draft-2020-12-meta-unevaluated.json")
        }
        "draft/2020-12/meta/validation" => include_str!("meta/draft-2020-12-meta-validation.json"),
        "draft/2020-12/meta/meta-data" => include_str!("meta/draft-2020-12-meta-meta-data.json"),
        "draft/2020-12/meta/format-annotation" => {
            include_str!("meta/draft-2020-12-meta-format-annotation.json")
        }
        "draft/2020-12/meta/format-assertion" => {
            include_str!("meta/draft-2020-12-meta-format-assertion.json")
        }
        "draft/2020-12/meta/content" => include_str!("meta/draft-2020-12-meta-content.json"),
        "draft/2019-09/schema" => include_str!("meta/draft-2019-09-schema.json"),
        "draft/2019-09/meta/core" => include_str!("meta/draft-2019-09-meta-core.json"),
        "draft/2019-09/meta/applicator" => include_str!("meta/draft-2019-09-meta-applicator.json"),
        "draft/2019-09/meta/validation" => include_str!("meta/draft-2019-09-meta-validation.json"),
        "draft/2019-09/meta/meta-data" => include_str!("meta/draft-2019-09-meta-meta-data.json"),
        "draft/2019-09/meta/format" => include_str!("meta/draft-2019-09-meta-format.json"),
        "draft/2019-09/meta/content" => include_str!("meta/draft-2019-09-meta-content.json"),
        "draft-07/schema" => include_str!("meta/draft-07-schema.json"),
        "draft-06/schema" => include_str!("meta/draft-06-schema.json"),
        "draft-04/schema" => include_str!("meta/draft-04-schema.json"),
        _ => return None,
    };
    Json::read(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_schemas_of_schemas_compile() {
        for draft in [D4, D6, D7, D2019, D2020] {
            let mut source = NoSource;
            let mut compiler = Compiler::of_meta(&mut source);
            compiler.compile(draft.url()).unwrap();
            for name in draft.vocabularies() {
                let url = draft.url().replace("/schema", &format!("/meta/{name}"));
                compiler.compile(&url).unwrap();
            }
        }
    }
}
