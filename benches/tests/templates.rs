//! Each template engine includes a fragment unchanged, in the way that the documentation of `Fragment` describes.

use askama::Template;
use masthead::strip::{Fragment, Lang};
use masthead::{Layout, Snapshot, Strip};
use maud::{PreEscaped, html};
use minijinja::{AutoEscape, Environment, Value, context};

fn fragments() -> Vec<Fragment> {
    let snapshot = Snapshot::sample();
    let fragment = |lang: &Lang| {
        let layout = Layout::line()
            .lang(*lang)
            .link("A & B", Some("/?a=1&b=2".into()));
        Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME)
            .html()
            .to_fragment()
    };
    Lang::ALL.iter().map(fragment).collect()
}

#[derive(Template)]
#[template(source = "<header>{{ strip|safe }}</header>", ext = "html")]
struct Page {
    strip: Fragment,
}

#[test]
fn askama_includes_it_with_its_filter() {
    for strip in fragments() {
        let expected = format!("<header>{strip}</header>");
        assert_eq!(Page { strip }.render().unwrap(), expected);
    }
}

#[test]
fn maud_includes_it_as_pre_escaped() {
    for strip in fragments() {
        let page = html! { header { (PreEscaped(&strip)) } };
        assert_eq!(page.into_string(), format!("<header>{strip}</header>"));
    }
}

#[test]
fn minijinja_includes_it_as_a_safe_string() {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    for strip in fragments() {
        let value = Value::from_safe_string(strip.to_string());
        let page = engine.render_str("<header>{{ strip }}</header>", context! { strip => value });
        assert_eq!(page.unwrap(), format!("<header>{strip}</header>"));
        // A plain string is escaped.
        let page = engine.render_str("{{ strip }}", context! { strip => strip.to_string() });
        assert!(page.unwrap().starts_with("&lt;section"));
    }
}
