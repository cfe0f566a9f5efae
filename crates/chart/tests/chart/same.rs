//! One chart, rendered a hundred times.

use pintle_chart::{ReleaseInfo, RenderOptions, RenderedFile, Renderer, load, process};
use pintle_template::NoHost;
use pintle_values::coalesce;
use pintle_yaml::Value;

fn render() -> Vec<RenderedFile> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/charts/shop");
    let mut chart = load(path).unwrap();
    let user = Value::empty_map();
    process(&mut chart, &user).unwrap();
    let values = coalesce(&chart.as_values(), &user).unwrap();
    let options = RenderOptions::new(ReleaseInfo::new("shop", "default"));
    Renderer::new(&chart, options).unwrap().render(&values, &mut NoHost).unwrap()
}

#[test]
fn a_hundred_renderings_are_the_same() {
    let first = render();
    assert!(first.iter().any(|file| file.path == "shop/templates/deployment.yaml"));
    for _ in 1..100 {
        assert_eq!(render(), first);
    }
}
