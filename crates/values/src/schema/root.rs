//! A document of schemas: where its schemas, ids and anchors are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::draft::{Below, Draft, Meta};
use super::error::SchemaError;
use super::url;
use crate::json::Json;

/// The draft of a resource, and its vocabularies when they are others than the draft's.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    pub(super) draft: Draft,
    pub(super) vocabularies: Option<Arc<Vec<String>>>,
}

impl Dialect {
    pub(super) fn has(&self, vocabulary: &str) -> bool {
        if vocabulary == "core" || self.draft < Draft::D2019 {
            return true;
        }
        match &self.vocabularies {
            Some(names) => names.iter().any(|name| name == vocabulary),
            None => self.draft.default_vocabularies().contains(&vocabulary),
        }
    }

    pub(super) fn meta(&self) -> Arc<Meta> {
        match &self.vocabularies {
            Some(names) => self.draft.meta_of(names),
            None => self.draft.meta(),
        }
    }
}

/// A schema with an id of its own, or the whole document.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) dialect: Dialect,
    pub(super) anchors: BTreeMap<String, Arc<str>>,
    /// Those of the anchors that are dynamic.
    pub(super) dynamic: Vec<String>,
}

/// A document.
pub(super) struct Root {
    pub(super) url: Arc<str>,
    pub(super) document: Json,
    /// By pointer.
    pub(super) resources: BTreeMap<Arc<str>, Resource>,
    /// Pointers of the resources by id.
    ids: HashMap<String, Arc<str>>,
    /// Pointers of all schemas that have been looked at.
    seen: HashSet<Arc<str>>,
}

/// What a document asks of the outside: which draft the schema of schemas at a URL is of.
pub(super) trait Drafts {
    fn draft(&mut self, schema: &Json, fallback: Draft) -> Result<Draft, SchemaError>;
    fn vocabularies(
        &mut self,
        schema: &Json,
        draft: Draft,
    ) -> Result<Option<Vec<String>>, SchemaError>;
    /// Accounts for the memory that a pointer takes.
    fn pointer(&mut self, pointer: &str) -> Result<(), SchemaError>;
}

/// A schema that is to be looked at.
struct Open {
    schema: Json,
    pointer: Arc<str>,
    base: String,
    /// The pointer of the resource that has the id `base`.
    resource: Arc<str>,
    dialect: Dialect,
}

impl Root {
    pub(super) fn new(url: Arc<str>, document: Json) -> Root {
        Root {
            url,
            document,
            resources: BTreeMap::new(),
            ids: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    pub(super) fn has_seen(&self, pointer: &str) -> bool {
        self.seen.contains(pointer)
    }

    /// The pointer of the resource that the schema at `pointer` is in.
    pub(super) fn resource_of(&self, pointer: &str) -> Arc<str> {
        let mut pointer = pointer;
        loop {
            if let Some((key, _)) = self.resources.get_key_value(pointer) {
                return Arc::clone(key);
            }
            match pointer.rfind('/').and_then(|at| pointer.get(..at)) {
                Some(above) => pointer = above,
                None => return Arc::default(),
            }
        }
    }

    pub(super) fn resource(&self, pointer: &str) -> Option<&Resource> {
        self.resources.get(&self.resource_of(pointer))
    }

    /// The pointer of the resource with this id.
    pub(super) fn with_id(&self, id: &str) -> Option<&Arc<str>> {
        self.ids.get(id)
    }

    /// What a fragment means in a resource.
    pub(super) fn resolve(&self, resource: &str, fragment: &str) -> Result<Arc<str>, SchemaError> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return Ok(format!("{resource}{fragment}").into());
        }
        let there = self.resources.get(resource);
        there.and_then(|there| there.anchors.get(fragment)).cloned().ok_or_else(|| {
            let id = there.map(|there| there.id.as_str()).unwrap_or_default();
            SchemaError::Anchor {
                reference: format!("{id}#{}", url::encode(fragment)),
                schema: self.url.to_string(),
            }
        })
    }

    /// The value at a pointer.
    pub(super) fn lookup(&self, pointer: &str) -> Result<Json, SchemaError> {
        let not_found = || SchemaError::Pointer(format!("{}#{}", self.url, url::encode(pointer)));
        let mut value = &self.document;
        for token in pointer.split('/').skip(1) {
            let token = url::unescape(token).ok_or_else(not_found)?;
            value = match value {
                Json::Object(_) => value.get(&token),
                Json::Array(items) => {
                    token.parse::<usize>().ok().and_then(|index| items.get(index))
                }
                _ => None,
            }
            .ok_or_else(not_found)?;
        }
        Ok(value.clone())
    }

    /// Looks at the schema at `pointer` and all below it.
    pub(super) fn collect(
        &mut self,
        pointer: &str,
        fallback: &Dialect,
        drafts: &mut dyn Drafts,
    ) -> Result<(), SchemaError> {
        let schema = self.lookup(pointer)?;
        let resource = self.resource_of(pointer);
        let there = self.resources.get(&resource);
        let base = there.map_or_else(|| self.url.to_string(), |there| there.id.clone());
        let dialect = there.map_or_else(|| fallback.clone(), |there| there.dialect.clone());
        let mut open = vec![Open { schema, pointer: pointer.into(), base, resource, dialect }];
        while let Some(next) = open.pop() {
            if self.seen.insert(Arc::clone(&next.pointer)) {
                drafts.pointer(&next.pointer)?;
                self.look(next, &mut open, drafts)?;
            }
        }
        Ok(())
    }

    fn look(
        &mut self,
        next: Open,
        open: &mut Vec<Open>,
        drafts: &mut dyn Drafts,
    ) -> Result<(), SchemaError> {
        let Open { schema, pointer, mut base, mut resource, mut dialect } = next;
        let is_root = pointer.is_empty();
        if !matches!(schema, Json::Object(_)) {
            if is_root {
                self.add(pointer, base, dialect)?;
            }
            return Ok(());
        }
        let mut has_schema = schema.get("$schema").and_then(Json::as_str).is_some();
        let mut draft = drafts.draft(&schema, dialect.draft)?;
        let mut id = draft.id(&schema);
        if id.is_none() && !is_root {
            // Without an id, `$schema` says nothing.
            (draft, has_schema) = (dialect.draft, false);
            id = draft.id(&schema);
        }
        if let Some(id) = id {
            let place = || SchemaError::Url(format!("{}#{}", self.url, url::encode(&pointer)));
            base = url::join(&base, id).ok_or_else(place)?;
        }
        if id.is_some() || is_root {
            if has_schema {
                let vocabularies = drafts.vocabularies(&schema, draft)?.map(Arc::new);
                dialect = Dialect { draft, vocabularies };
            }
            resource = Arc::clone(&pointer);
            self.add(Arc::clone(&pointer), base.clone(), dialect.clone())?;
        }
        self.anchors(&schema, &pointer, &resource)?;
        let mut push = |pointer: String, schema: &Json| {
            open.push(Open {
                schema: schema.clone(),
                pointer: pointer.into(),
                base: base.clone(),
                resource: Arc::clone(&resource),
                dialect: dialect.clone(),
            });
        };
        for (keyword, below) in draft.places() {
            let Some(value) = schema.get(keyword) else { continue };
            let place = url::append(&pointer, keyword);
            match (below, value) {
                (Below::Properties, Json::Object(entries)) => {
                    for (key, schema) in entries.iter() {
                        push(url::append(&place, key), schema);
                    }
                }
                (Below::Items | Below::ItselfOrItems, Json::Array(items)) => {
                    for (i, schema) in items.iter().enumerate() {
                        push(format!("{place}/{i}"), schema);
                    }
                }
                (Below::Itself | Below::ItselfOrItems, _) => push(place, value),
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, pointer: Arc<str>, id: String, dialect: Dialect) -> Result<(), SchemaError> {
        match self.ids.get(&id) {
            Some(other) if *other != pointer => {
                return Err(SchemaError::DuplicateId { id, url: self.url.to_string() });
            }
            Some(_) => return Ok(()),
            None => {}
        }
        self.ids.insert(id.clone(), Arc::clone(&pointer));
        let resource = Resource { id, dialect, anchors: BTreeMap::new(), dynamic: Vec::new() };
        self.resources.insert(pointer, resource);
        Ok(())
    }

    /// Takes down the anchors of one schema.
    pub(super) fn anchors(
        &mut self,
        schema: &Json,
        pointer: &Arc<str>,
        resource: &str,
    ) -> Result<(), SchemaError> {
        let Some(resource) = self.resources.get_mut(resource) else { return Ok(()) };
        let text = |keyword| schema.get(keyword).and_then(Json::as_str).map(str::to_owned);
        let draft = resource.dialect.draft;
        let mut found = Vec::new();
        if draft < Draft::D2019 {
            if schema.get("$ref").is_some() {
                return Ok(());
            }
            if let Some(id) = text(draft.id_keyword()) {
                let (_, fragment) = url::split(&id).ok_or_else(|| SchemaError::Url(id.clone()))?;
                if !fragment.is_empty() && !fragment.starts_with('/') {
                    found.push(fragment);
                }
            }
        } else {
            found.extend(text("$anchor"));
            if let Some(name) = text("$dynamicAnchor").filter(|_| draft >= Draft::D2020) {
                resource.dynamic.push(name.clone());
                found.push(name);
            }
        }
        for anchor in found {
            match resource.anchors.get(&anchor) {
                Some(other) if other != pointer => {
                    let url = self.url.to_string();
                    return Err(SchemaError::DuplicateAnchor { anchor, url });
                }
                _ => drop(resource.anchors.insert(anchor, Arc::clone(pointer))),
            }
        }
        Ok(())
    }
}
