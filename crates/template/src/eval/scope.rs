//! What `tpl` defines, seen by what it runs.

use std::rc::Rc;
use std::sync::Arc;

use crate::syntax;
use crate::syntax::ast::Template;

/// The templates of a running `tpl`, over those of the `tpl` that runs it.
pub(super) struct Overlay {
    outer: Option<Rc<Overlay>>,
    templates: Vec<Arc<Template>>,
}

impl Overlay {
    /// `templates` are those of one text, itself first; `known` says what there is around it.
    pub(super) fn new(
        outer: Option<Rc<Overlay>>,
        templates: &[Arc<Template>],
        known: impl Fn(&str) -> bool,
    ) -> Overlay {
        let templates = templates.iter().enumerate().filter(|(at, template)| {
            // An empty definition replaces none; the text itself always counts.
            *at == 0
                || !syntax::is_empty(&template.source, &template.root)
                || !known(&template.name)
        });
        Overlay { outer, templates: templates.map(|(_, template)| template.clone()).collect() }
    }
}

/// The innermost template of this name.
pub(super) fn find<'o>(mut overlay: Option<&'o Overlay>, name: &str) -> Option<&'o Arc<Template>> {
    while let Some(here) = overlay {
        if let Some(found) = here.templates.iter().find(|template| template.name.as_str() == name) {
            return Some(found);
        }
        overlay = here.outer.as_deref();
    }
    None
}

/// All names, the innermost first.
pub(super) fn names(overlay: Option<&Overlay>) -> impl Iterator<Item = &str> {
    std::iter::successors(overlay, |overlay| overlay.outer.as_deref())
        .flat_map(|overlay| overlay.templates.iter())
        .map(|template| template.name.as_str())
}
