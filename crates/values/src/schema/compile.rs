//! From a schema's text to [`Node`]s.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use pintle_yaml::{Str, Value};

use super::decimal::Decimal;
use super::draft::{self, Draft};
use super::error::SchemaError;
use super::format::Format;
use super::node::{
    Additional, Arena, ArrayRules, Bound, Dependency, Id, Node, NumberRules, ObjectRules, Place,
    TextRules, Types,
};
use super::root::{Dialect, Drafts, Root};
use super::run::{self, Budget, Dialects};
use super::{SchemaWarning, pattern, url};
use crate::Source;
use crate::json::Json;

/// How large a document may be that a schema refers to.
const MAX_DOCUMENT: u64 = 16 << 20;
/// How many documents may be loaded for one schema.
const MAX_DOCUMENTS: usize = 200;
/// How many bytes the pointers to all schemas may have together.
const MAX_POINTERS: usize = 64 << 20;
/// How many schemas there may be.
const MAX_SCHEMAS: usize = 500_000;

/// Documents that have been loaded, by URL, to be used again for further charts.
pub(super) type Documents = HashMap<String, Json>;

pub(super) struct Compiler<'s> {
    roots: HashMap<Arc<str>, Root>,
    loads: Loads<'s>,
    arena: Arena,
    index: HashMap<Place, Id>,
    /// How many nodes have been compiled; those behind are waiting.
    compiled: usize,
    /// Whether formats are checked whatever the draft says, as in schemas of schemas.
    assert_format: bool,
}

/// What reaches the outside.
struct Loads<'s> {
    source: &'s mut dyn Source,
    documents: Documents,
    count: usize,
    pointers: usize,
    warnings: Vec<SchemaWarning>,
}

impl<'s> Compiler<'s> {
    pub(super) fn new(source: &'s mut dyn Source, documents: Documents) -> Self {
        Compiler {
            roots: HashMap::new(),
            loads: Loads { source, documents, count: 0, pointers: 0, warnings: Vec::new() },
            arena: Arena::default(),
            index: HashMap::new(),
            compiled: 0,
            assert_format: false,
        }
    }

    /// A compiler of schemas of schemas.
    pub(super) fn of_meta(source: &'s mut dyn Source) -> Self {
        Compiler { assert_format: true, ..Compiler::new(source, Documents::new()) }
    }

    /// Adds a document, which is then not loaded.
    pub(super) fn add(&mut self, url: &str, document: Json) {
        self.loads.documents.insert(url.to_owned(), document);
    }

    pub(super) fn finish(self) -> Arena {
        self.arena
    }

    /// The schemas, what was loaded, and what there is to warn of.
    pub(super) fn into_parts(self) -> (Arena, Documents, Vec<SchemaWarning>) {
        (self.arena, self.loads.documents, self.loads.warnings)
    }

    /// Compiles the document at `url` and all that it refers to.
    pub(super) fn compile(&mut self, url: &str) -> Result<Id, SchemaError> {
        let url: Arc<str> = url.into();
        self.load_root(&url)?;
        let id = self.schema(&url, &Arc::default())?;
        while self.compiled < self.arena.nodes.len() {
            let place = self.place(self.compiled);
            let node = self.node(&place)?;
            if let Some(there) = self.arena.nodes.get_mut(self.compiled) {
                *there = node;
            }
            self.compiled += 1;
        }
        Ok(id)
    }

    fn place(&self, id: Id) -> Place {
        self.arena.nodes.get(id).map(|node| node.place.clone()).unwrap_or_default()
    }

    /// The number of the schema at a place, to be compiled later.
    fn schema(&mut self, url: &Arc<str>, pointer: &Arc<str>) -> Result<Id, SchemaError> {
        let place = Place { url: Arc::clone(url), pointer: Arc::clone(pointer) };
        if let Some(id) = self.index.get(&place) {
            return Ok(*id);
        }
        let id = self.arena.nodes.len();
        if id >= MAX_SCHEMAS {
            return Err(SchemaError::Limit("it has too many schemas"));
        }
        self.loads.pointer(pointer)?;
        self.arena.nodes.push(Node { place: place.clone(), ..Node::default() });
        self.index.insert(place, id);
        Ok(id)
    }

    fn load_root(&mut self, url: &Arc<str>) -> Result<(), SchemaError> {
        if self.roots.contains_key(url) {
            return Ok(());
        }
        let document = self.loads.load(url)?;
        let mut root = Root::new(Arc::clone(url), document);
        let latest = Dialect { draft: Draft::LATEST, vocabularies: None };
        root.collect("", &latest, &mut self.loads)?;
        let is_known = ["http://json-schema.org/", "https://json-schema.org/"]
            .iter()
            .any(|known| url.starts_with(known));
        if !is_known && !self.assert_format {
            check_schema(&root, "")?;
        }
        self.roots.insert(Arc::clone(url), root);
        Ok(())
    }

    fn node(&mut self, place: &Place) -> Result<Node, SchemaError> {
        let Place { url, pointer } = place;
        self.load_root(url)?;
        let Some(root) = self.roots.get_mut(url) else {
            return Err(SchemaError::Pointer(place.to_string()));
        };
        if !root.has_seen(pointer) {
            // A reference can go where no keyword has a schema.
            let latest = Dialect { draft: Draft::LATEST, vocabularies: None };
            root.collect(pointer, &latest, &mut self.loads)?;
            if !self.assert_format {
                check_schema(root, pointer)?;
            }
        }
        let value = root.lookup(pointer)?;
        let resource_pointer = root.resource_of(pointer);
        let Some(resource) = root.resources.get(&resource_pointer).cloned() else {
            return Err(SchemaError::Pointer(place.to_string()));
        };
        let draft = resource.dialect.draft;
        let mut node = Node { place: place.clone(), draft: draft.version(), ..Node::default() };
        node.resource = self.schema(url, &resource_pointer)?;
        if draft >= Draft::D2020 && *pointer == resource_pointer {
            for name in &resource.dynamic {
                if let Some(anchor) = resource.anchors.get(name) {
                    let id = self.schema(url, anchor)?;
                    node.dynamic_anchors.push((name.as_str().into(), id));
                }
            }
        }
        match &value {
            Json::Bool(value) => node.boolean = Some(*value),
            Json::Object(entries) if entries.is_empty() => node.boolean = Some(true),
            Json::Object(_) => {
                let dialect = resource.dialect;
                let base = resource.id;
                Object { compiler: self, value: &value, place, dialect, base }.fill(&mut node)?;
            }
            _ => {}
        }
        Ok(node)
    }

    /// The schema that a reference means.
    fn reference(
        &mut self,
        root: &Arc<str>,
        base: &str,
        reference: &str,
    ) -> Result<Id, SchemaError> {
        let wrong = || SchemaError::Url(reference.to_owned());
        let (target, fragment) = url::split(reference).ok_or_else(wrong)?;
        let target = url::join(base, target).ok_or_else(wrong)?;
        let here = self.roots.get(root).and_then(|here| {
            let resource = if target == **root { Some(Arc::default()) } else { None };
            let resource = resource.or_else(|| here.with_id(&target).cloned())?;
            Some(here.resolve(&resource, &fragment))
        });
        if let Some(pointer) = here {
            return self.schema(root, &pointer?);
        }
        let target: Arc<str> = target.into();
        self.load_root(&target)?;
        match self.roots.get(&target).map(|other| other.resolve("", &fragment)) {
            Some(pointer) => self.schema(&target, &pointer?),
            None => Err(SchemaError::Pointer(reference.to_owned())),
        }
    }
}

/// Checks a schema against the schema of schemas.
fn check_schema(root: &Root, pointer: &str) -> Result<(), SchemaError> {
    let Some(resource) = root.resource(pointer) else { return Ok(()) };
    let meta = resource.dialect.meta();
    let value = to_value(&root.lookup(pointer)?);
    // Resources in it can be of other dialects.
    let mut dialects = Dialects::new();
    if root.resources.len() > 1 {
        for (pointer, resource) in &root.resources {
            dialects.insert(pointer.to_string(), resource.dialect.meta());
        }
    }
    let mut budget = Budget::default();
    let violations = run::check(&meta.arena, meta.root, &value, Some(&dialects), &mut budget)
        .map_err(|_| SchemaError::Limit("checking it takes too many steps"))?;
    if violations.is_empty() {
        return Ok(());
    }
    let metaschema =
        meta.arena.nodes.get(meta.root).map(|node| node.place.to_string()).unwrap_or_default();
    let schema = format!("{}#{}", root.url, url::encode(pointer));
    Err(SchemaError::Invalid { schema, metaschema, violations })
}

/// The schema as a value, to be checked itself; its numbers need not be exact for that.
fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(text) => match text.parse::<i64>() {
            Ok(n) => Value::from(n),
            Err(_) => {
                Value::from(text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX))
            }
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => items.iter().map(to_value).collect::<Vec<_>>().into(),
        Json::Object(entries) => entries.iter().map(|(k, v)| (k.clone(), to_value(v))).collect(),
    }
}

impl Loads<'_> {
    fn load(&mut self, url: &str) -> Result<Json, SchemaError> {
        if let Some(document) = self.documents.get(url) {
            return Ok(document.clone());
        }
        if let Some(document) = draft::document(url) {
            return Ok(document);
        }
        self.count += 1;
        if self.count > MAX_DOCUMENTS {
            return Err(SchemaError::Limit("it refers to too many documents"));
        }
        let failed = |message: String| SchemaError::Load { url: url.to_owned(), message };
        let document = match url::scheme(url).as_str() {
            "file" | "http" | "https" => {
                let text = self
                    .source
                    .read(url, MAX_DOCUMENT)
                    .map_err(|error| failed(error.to_string()))?;
                Json::read(&text).map_err(|error| failed(error.message(&text)))?
            }
            "urn" => {
                self.warnings.push(SchemaWarning { urn: url.to_owned() });
                Json::Bool(true)
            }
            _ => {
                let url = pintle_strconv::quote(url);
                return Err(failed(format!("no URLLoader registered for {url}")));
            }
        };
        self.documents.insert(url.to_owned(), document.clone());
        Ok(document)
    }

    /// The URL in `$schema`, if it is none of a known draft.
    fn custom(schema: &Json) -> Option<&str> {
        let url = schema.get("$schema")?.as_str()?;
        match Draft::of_url(url) {
            Some(_) => None,
            None => url.split('#').next(),
        }
    }
}

impl Drafts for Loads<'_> {
    fn draft(&mut self, schema: &Json, fallback: Draft) -> Result<Draft, SchemaError> {
        let mut seen = HashSet::new();
        let mut schema = schema.clone();
        loop {
            let Some(url) = Loads::custom(&schema) else {
                let known = schema.get("$schema").and_then(Json::as_str);
                return Ok(known.and_then(Draft::of_url).unwrap_or(fallback));
            };
            if !seen.insert(url.to_owned()) {
                return Err(SchemaError::Draft(url.to_owned()));
            }
            schema = self.load(url)?;
        }
    }

    fn vocabularies(
        &mut self,
        schema: &Json,
        draft: Draft,
    ) -> Result<Option<Vec<String>>, SchemaError> {
        let Some(url) = Loads::custom(schema) else { return Ok(None) };
        let meta = self.load(url)?;
        let Some(Json::Object(entries)) = meta.get("$vocabulary").filter(|_| draft >= Draft::D2019)
        else {
            return Ok(None);
        };
        let mut names = vec!["core".to_owned()];
        for (vocabulary, needed) in entries.iter() {
            if *needed != Json::Bool(true) {
                continue;
            }
            let name = vocabulary.strip_prefix(draft.vocabulary_prefix());
            match name.filter(|name| draft.vocabularies().contains(name)) {
                Some("core") => {}
                Some(name) => names.push(name.to_owned()),
                None => {
                    let vocabulary = vocabulary.to_string();
                    return Err(SchemaError::Vocabulary { vocabulary, url: url.to_owned() });
                }
            }
        }
        Ok(Some(names))
    }

    fn pointer(&mut self, pointer: &str) -> Result<(), SchemaError> {
        self.pointers += pointer.len();
        if self.pointers > MAX_POINTERS {
            return Err(SchemaError::Limit("its parts nest too deep"));
        }
        Ok(())
    }
}

/// An object that is a schema.
struct Object<'c, 's, 'v> {
    compiler: &'c mut Compiler<'s>,
    value: &'v Json,
    place: &'c Place,
    dialect: Dialect,
    /// The id of the resource, which references start from.
    base: String,
}

impl<'v> Object<'_, '_, 'v> {
    fn fill(mut self, node: &mut Node) -> Result<(), SchemaError> {
        let draft = self.dialect.draft;
        node.reference = self.reference("$ref")?;
        if draft >= Draft::D6 && self.dialect.has("validation") {
            node.constant = self.value.get("const").cloned();
        }
        if draft < Draft::D2019 && node.reference.is_some() {
            // Nothing counts beside a `$ref` in these drafts, but Helm's library lets `const` count,
            // and looks whether these are right.
            let all = ["contains", "propertyNames", "if", "then", "else"];
            let known = match draft {
                Draft::D4 => 0,
                Draft::D6 => 2,
                _ => 5,
            };
            for keyword in all.iter().take(known) {
                self.schema(keyword)?;
            }
            return Ok(());
        }
        if draft >= Draft::D2019 {
            node.recursive_reference = self.reference("$recursiveRef")?;
            node.recursive_anchor = self.flag("$recursiveAnchor");
        }
        if draft >= Draft::D2020 {
            if let Some(id) = self.reference("$dynamicRef")? {
                let written = self.text("$dynamicRef").unwrap_or_default();
                let anchor = url::split(written).map(|(_, fragment)| fragment);
                let anchor = anchor.filter(|a| !a.is_empty() && !a.starts_with('/'));
                node.dynamic_reference = Some((id, anchor.map(Str::from)));
            }
            node.dynamic_anchor = self.text("$dynamicAnchor").map(Str::from);
        }
        let mut object = ObjectRules::default();
        let mut array = ArrayRules::default();
        if self.dialect.has("applicator") {
            self.applicators(node, &mut object, &mut array)?;
        }
        let unevaluated = if draft == Draft::D2019 { "applicator" } else { "unevaluated" };
        if draft >= Draft::D2019 && self.dialect.has(unevaluated) {
            array.unevaluated = self.schema("unevaluatedItems")?;
            object.unevaluated = self.schema("unevaluatedProperties")?;
        }
        if self.dialect.has("validation") {
            self.validations(node, &mut object, &mut array)?;
        }
        let has_object = object.min.is_some()
            || object.max.is_some()
            || !object.required.is_empty()
            || !object.properties.is_empty()
            || !object.patterns.is_empty()
            || object.additional.is_some()
            || object.names.is_some()
            || !object.dependencies.is_empty()
            || !object.dependent_schemas.is_empty()
            || !object.dependent_required.is_empty()
            || object.unevaluated.is_some();
        node.object = has_object.then(|| Box::new(object));
        let has_array = array.min.is_some()
            || array.max.is_some()
            || array.unique
            || !array.first.is_empty()
            || array.rest.is_some()
            || array.contains.is_some()
            || array.unevaluated.is_some();
        node.array = has_array.then(|| Box::new(array));
        let formats = self.compiler.assert_format
            || match draft {
                Draft::D2020 => self.dialect.has("format-assertion"),
                Draft::D2019 => self.dialect.has("format"),
                _ => true,
            };
        if formats {
            node.format = self.text("format").and_then(Format::named);
        }
        Ok(())
    }

    fn applicators(
        &mut self,
        node: &mut Node,
        object: &mut ObjectRules,
        array: &mut ArrayRules,
    ) -> Result<(), SchemaError> {
        let draft = self.dialect.draft;
        node.all_of = self.list("allOf")?;
        node.any_of = self.list("anyOf")?;
        node.one_of = self.list("oneOf")?;
        node.not = self.schema("not")?;
        if draft >= Draft::D2020 {
            array.first = self.list("prefixItems")?;
            array.rest = self.schema("items")?.map(Additional::Schema);
        } else if let Some(Json::Array(_)) = self.value.get("items") {
            array.first = self.list("items")?;
            array.rest = self.additional("additionalItems")?;
        } else {
            array.rest = self.schema("items")?.map(Additional::Schema);
        }
        object.properties = self.named("properties")?;
        for (written, id) in self.named("patternProperties")? {
            object.patterns.push((self.pattern("patternProperties", &written)?, id));
        }
        object.additional = self.additional("additionalProperties")?;
        if let Some(Json::Object(entries)) = self.value.get("dependencies") {
            for (key, value) in entries.iter() {
                let dependency = match value {
                    Json::Array(items) => Dependency::Names(texts(items)),
                    _ => Dependency::Schema(self.below(&["dependencies", key])?),
                };
                object.dependencies.push((key.clone(), dependency));
            }
        }
        if draft >= Draft::D6 {
            array.contains = self.schema("contains")?;
            object.names = self.schema("propertyNames")?;
        }
        if draft >= Draft::D7 {
            node.condition = self.schema("if")?;
            if node.condition.is_some() {
                let known = match self.value.get("if") {
                    Some(Json::Bool(value)) => Some(*value),
                    _ => None,
                };
                if known != Some(false) {
                    node.then = self.schema("then")?;
                }
                if known != Some(true) {
                    node.otherwise = self.schema("else")?;
                }
            }
        }
        if draft >= Draft::D2019 {
            object.dependent_schemas = self.named("dependentSchemas")?;
        }
        Ok(())
    }

    fn validations(
        &mut self,
        node: &mut Node,
        object: &mut ObjectRules,
        array: &mut ArrayRules,
    ) -> Result<(), SchemaError> {
        let draft = self.dialect.draft;
        node.types = match self.value.get("type") {
            Some(Json::String(name)) => Types::named(name),
            Some(Json::Array(items)) => texts(items)
                .iter()
                .fold(Types::default(), |types, name| types.with(Types::named(name))),
            _ => Types::default(),
        };
        if let Some(Json::Array(items)) = self.value.get("enum") {
            let types = items.iter().map(Types::of_json).fold(Types::default(), Types::with);
            node.enumeration = Some((types, Arc::clone(items)));
        }
        let mut number = NumberRules {
            multiple_of: self.bound("multipleOf"),
            min: self.bound("minimum"),
            max: self.bound("maximum"),
            above: self.bound("exclusiveMinimum"),
            below: self.bound("exclusiveMaximum"),
        };
        // In draft 4 these are flags of the other two.
        if self.flag("exclusiveMinimum") {
            number.above = number.min.take();
        }
        if self.flag("exclusiveMaximum") {
            number.below = number.max.take();
        }
        let has_number = number.multiple_of.is_some()
            || number.min.is_some()
            || number.max.is_some()
            || number.above.is_some()
            || number.below.is_some();
        node.number = has_number.then(|| Box::new(number));
        let mut text = TextRules {
            min: self.count("minLength"),
            max: self.count("maxLength"),
            ..TextRules::default()
        };
        if let Some(written) = self.text("pattern") {
            text.pattern = Some(self.pattern("pattern", written)?);
            text.written = written.into();
        }
        if text.min.is_some() || text.max.is_some() || text.pattern.is_some() {
            node.text = Some(Box::new(text));
        }
        array.min = self.count("minItems");
        array.max = self.count("maxItems");
        array.unique = self.flag("uniqueItems");
        object.min = self.count("minProperties");
        object.max = self.count("maxProperties");
        if let Some(Json::Array(items)) = self.value.get("required") {
            object.required = texts(items);
        }
        if draft >= Draft::D2019 {
            if array.contains.is_some() {
                array.min_contains = self.count("minContains");
                array.max_contains = self.count("maxContains");
            }
            if let Some(Json::Object(entries)) = self.value.get("dependentRequired") {
                for (key, value) in entries.iter() {
                    if let Json::Array(items) = value {
                        object.dependent_required.push((key.clone(), texts(items)));
                    }
                }
            }
        }
        Ok(())
    }

    fn text(&self, keyword: &str) -> Option<&'v str> {
        self.value.get(keyword).and_then(Json::as_str)
    }

    fn flag(&self, keyword: &str) -> bool {
        self.value.get(keyword) == Some(&Json::Bool(true))
    }

    fn bound(&self, keyword: &str) -> Option<Bound> {
        let Some(Json::Number(text)) = self.value.get(keyword) else { return None };
        let float = text.parse().unwrap_or_default();
        Some(Bound { exact: Decimal::read(text), float })
    }

    fn count(&self, keyword: &str) -> Option<usize> {
        let bound = self.bound(keyword)?;
        // What is above the largest count is none that could be reached.
        bound.exact.is_integer().then_some(bound.float as usize)
    }

    fn pattern(&self, keyword: &str, written: &str) -> Result<regex::Regex, SchemaError> {
        pattern::compile(written).map_err(|message| SchemaError::Pattern {
            pattern: written.to_owned(),
            url: format!(
                "{}#{}",
                self.place.url,
                url::encode(&url::append(&self.place.pointer, keyword))
            ),
            message,
        })
    }

    fn reference(&mut self, keyword: &str) -> Result<Option<Id>, SchemaError> {
        let Some(reference) = self.text(keyword) else { return Ok(None) };
        self.compiler.reference(&self.place.url, &self.base, reference).map(Some)
    }

    /// The schema below these tokens.
    fn below(&mut self, tokens: &[&str]) -> Result<Id, SchemaError> {
        let mut pointer = self.place.pointer.to_string();
        for token in tokens {
            url::push(&mut pointer, token);
        }
        self.compiler.schema(&self.place.url, &pointer.into())
    }

    fn schema(&mut self, keyword: &str) -> Result<Option<Id>, SchemaError> {
        if self.value.get(keyword).is_none() {
            return Ok(None);
        }
        self.below(&[keyword]).map(Some)
    }

    fn list(&mut self, keyword: &str) -> Result<Vec<Id>, SchemaError> {
        let Some(Json::Array(items)) = self.value.get(keyword) else { return Ok(Vec::new()) };
        (0..items.len()).map(|i| self.below(&[keyword, &i.to_string()])).collect()
    }

    fn named(&mut self, keyword: &str) -> Result<Vec<(Str, Id)>, SchemaError> {
        let Some(Json::Object(entries)) = self.value.get(keyword) else { return Ok(Vec::new()) };
        entries.iter().map(|(key, _)| Ok((key.clone(), self.below(&[keyword, key])?))).collect()
    }

    fn additional(&mut self, keyword: &str) -> Result<Option<Additional>, SchemaError> {
        Ok(match self.value.get(keyword) {
            Some(Json::Bool(allowed)) => Some(Additional::Allowed(*allowed)),
            _ => self.schema(keyword)?.map(Additional::Schema),
        })
    }
}

fn texts(items: &[Json]) -> Vec<Str> {
    items.iter().filter_map(Json::as_str).map(Str::from).collect()
}
