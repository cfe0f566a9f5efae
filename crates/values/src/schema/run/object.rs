//! What schemas say of objects.

use pintle_yaml::{Map, Str, Value};

use super::frame::{Frame, Token, Unevaluated};
use super::{Errors, OutOfBudget, Run};
use crate::schema::node::{Additional, Dependency, ObjectRules};
use crate::schema::violation::ViolationKind;

impl<'r> Run<'r, '_> {
    fn missing(map: &Map, wanted: &[Str]) -> Vec<String> {
        let missing = wanted.iter().filter(|key| !map.contains_key(key));
        missing.map(|key| key.to_string()).collect()
    }

    #[inline(never)]
    pub(super) fn object<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        map: &'a Map,
        rules: &'a ObjectRules,
        draft: u16,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let got = map.len();
        if let Some(want) = rules.min.filter(|min| got < *min) {
            errors.add(self.wrong(frame, || ViolationKind::MinProperties { got, want })?);
        }
        if let Some(want) = rules.max.filter(|max| got > *max) {
            errors.add(self.wrong(frame, || ViolationKind::MaxProperties { got, want })?);
        }
        if !rules.required.iter().all(|key| map.contains_key(key)) {
            let missing = || Self::missing(map, &rules.required);
            errors.add(self.wrong(frame, || ViolationKind::Required { missing: missing() })?);
        }
        if frame.quick && errors.any {
            return Ok(());
        }
        for (property, dependency) in &rules.dependencies {
            if !map.contains_key(property) {
                continue;
            }
            match dependency {
                Dependency::Names(names) => {
                    self.needs(frame, map, property, names, errors)?;
                }
                Dependency::Schema(id) => {
                    errors.add(self.same_value(frame, frame.schema.at(*id), "", false, left)?);
                }
            }
        }
        let mut additional = Vec::new();
        for (key, value) in map {
            if frame.quick && errors.any {
                return Ok(());
            }
            let mut evaluated = false;
            if let Some(id) = rules.property(key) {
                evaluated = true;
                errors.add(self.part(frame, id, value, Token::Key(key))?);
            }
            for (pattern, id) in &rules.patterns {
                if pattern.is_match(key) {
                    evaluated = true;
                    errors.add(self.part(frame, *id, value, Token::Key(key))?);
                }
            }
            if !evaluated {
                match rules.additional {
                    None => continue,
                    Some(Additional::Allowed(true)) => {}
                    Some(Additional::Allowed(false)) => additional.push(key.to_string()),
                    Some(Additional::Schema(id)) => {
                        errors.add(self.part(frame, id, value, Token::Key(key))?);
                    }
                }
            }
            left.properties.remove(key.as_str());
        }
        if !additional.is_empty() {
            let kind = || ViolationKind::AdditionalProperties { properties: additional };
            errors.add(self.wrong(frame, kind)?);
        }
        if let Some(names) = rules.names {
            for key in map.keys() {
                let name = Value::String(key.clone());
                let schema = frame.schema.at(names);
                let Some(cause) = self.whole(schema, &name, None, frame.quick)? else {
                    continue;
                };
                let property = key.to_string();
                let wrong = self.violation(frame, || ViolationKind::PropertyNames { property })?;
                let causes = Errors { any: true, told: cause.causes() };
                errors.add(Some(wrong.because(causes)));
            }
        }
        if draft < 7 {
            return Ok(());
        }
        for (property, id) in &rules.dependent_schemas {
            if map.contains_key(property) {
                errors.add(self.same_value(frame, frame.schema.at(*id), "", false, left)?);
            }
        }
        for (property, names) in &rules.dependent_required {
            if map.contains_key(property) {
                self.needs(frame, map, property, names, errors)?;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn needs(
        &mut self,
        frame: &Frame<'_, '_>,
        map: &Map,
        property: &Str,
        names: &[Str],
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        let missing = Self::missing(map, names);
        if !missing.is_empty() {
            let property = property.to_string();
            let kind = || ViolationKind::Dependency { property, missing };
            errors.add(self.wrong(frame, kind)?);
        }
        Ok(())
    }
}
