//! A fragment goes into a page of each template engine as the docs of `Fragment` say, and comes out as it was.

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
fn askama_takes_it_by_its_filter() {
    for strip in fragments() {
        let expected = format!("<header>{strip}</header>");
        assert_eq!(Page { strip }.render().unwrap(), expected);
    }
}

#[test]
fn maud_takes_it_escaped_already() {
    for strip in fragments() {
        let page = html! { header { (PreEscaped(&strip)) } };
        assert_eq!(page.into_string(), format!("<header>{strip}</header>"));
    }
}

#[test]
fn minijinja_takes_it_as_a_safe_string() {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    for strip in fragments() {
        let value = Value::from_safe_string(strip.to_string());
        let page = engine.render_str("<header>{{ strip }}</header>", context! { strip => value });
        assert_eq!(page.unwrap(), format!("<header>{strip}</header>"));
        // Without the word that it is safe, tags are text.
        let page = engine.render_str("{{ strip }}", context! { strip => strip.to_string() });
        assert!(page.unwrap().starts_with("&lt;section"));
    }
}
