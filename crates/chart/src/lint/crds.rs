//! Rules for `crds/`.

use super::object::{self, Object};
use super::place::{Kind, Place};
use super::{LintReport, Severity};

const NAME: &str = "crds/";

pub(super) fn check(place: &mut Place, report: &mut LintReport) {
    let kind = match place.kind("crds") {
        Ok(Kind::Directory) => Ok(()),
        Ok(Kind::File) => Err("not a directory"),
        Err(_) => return,
    };
    if !report.check(Severity::Error, NAME, kind) {
        return;
    }
    let chart = match place.chart("") {
        Ok(chart) => chart,
        Err(error) => {
            report.check(Severity::Error, NAME, Err(error));
            return;
        }
    };
    for crd in chart.crds() {
        let name = &*crd.file.name;
        for object in object::read_all(&crd.file.data) {
            let object = match object {
                Ok(object) => object,
                Err(error) => {
                    report.check(Severity::Error, name, Err(error));
                    // Helm does not go on to the next file either.
                    return;
                }
            };
            let Some(object) = object else { continue };
            report.check(Severity::Error, name, in_group(&object));
            report.check(Severity::Error, name, is_definition(&object));
        }
    }
}

fn in_group(object: &Object) -> Result<(), &'static str> {
    if object.api_version.starts_with("apiextensions.k8s.io") {
        Ok(())
    } else {
        Err("apiVersion is not in 'apiextensions.k8s.io'")
    }
}

fn is_definition(object: &Object) -> Result<(), &'static str> {
    if object.kind == "CustomResourceDefinition" {
        Ok(())
    } else {
        Err("object kind is not 'CustomResourceDefinition'")
    }
}
