//! A small strict reader of XML, for documents of a few hundred elements that contain plain text.
//!
//! Anything that was never seen in a bank's document (a document type, CDATA, a reference in a value, text mixed with elements)
//! is an error, not interpreted. White space before the XML declaration is accepted, because some servers put an empty line
//! there.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The deepest nesting of elements; the banks' documents have four levels.
const MAX_DEPTH: usize = 16;
/// The most elements and attributes of a document; the longest seen, of the Bank of Russia in 2026, has 435.
const MAX_NODES: usize = 10_000;

/// An element with its content.
#[derive(Debug)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    /// Whether the content has text and elements only, so that `text` is the whole value.
    plain: bool,
    children: Vec<Element>,
}

impl Element {
    /// Reads a whole document, whose root must have one of the names. The error is a reason for a log.
    pub(super) fn root(xml: &str, names: &'static [&'static str]) -> Result<Self, String> {
        Self::root_without(xml, names, usize::MAX, &mut |_| Ok(()))
    }

    /// As [`root`](Self::root), for a long document: each element that lies `depth` elements deep is passed to `take` and left out of the tree. The
    /// number of nodes is limited for each of them.
    pub(super) fn root_without(
        xml: &str,
        names: &'static [&'static str],
        depth: usize,
        take: &mut dyn FnMut(Self) -> Result<(), String>,
    ) -> Result<Self, String> {
        let mut reader = Reader::from_str(xml);
        let start = u64::try_from(xml.len() - xml.trim_ascii_start().len()).unwrap_or(u64::MAX);
        let mut tree = Tree::new(names, depth, take);
        loop {
            let at = reader.buffer_position();
            let event = reader.read_event().map_err(|cause| {
                format!("XML error at byte {}: {cause}", reader.error_position())
            })?;
            match event {
                Event::Start(element) => tree.open(&element)?,
                Event::Empty(element) => {
                    tree.open(&element)?;
                    tree.close()?;
                }
                Event::End(_) => tree.close()?,
                Event::Text(text) => tree.text(&text.into_inner())?,
                Event::CData(_) | Event::GeneralRef(_) => tree.not_plain(true)?,
                Event::Comment(_) | Event::PI(_) => tree.not_plain(false)?,
                Event::DocType(_) => return Err("unexpected document type declaration".into()),
                Event::Decl(_) if at > start => {
                    return Err(format!(
                        "an XML declaration at byte {at}, not at the beginning"
                    ));
                }
                Event::Decl(_) => {}
                Event::Eof => return tree.whole(),
            }
        }
    }

    /// The child elements, which must all be `name`: a row under another name would be a missing row.
    pub(super) fn rows(&self, name: &str) -> Result<&[Self], String> {
        match self.children.iter().find(|child| child.name != name) {
            None => Ok(&self.children),
            Some(other) => Err(format!("{other} among the rows, expected <{name}>")),
        }
    }

    /// The name, as it stands in the document.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The child elements `name`, among others.
    pub(super) fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The child element `name`, which must stand once.
    pub(super) fn child(&self, name: &str) -> Result<&Self, String> {
        let child = self.optional(name)?;
        child.ok_or_else(|| format!("{self} has no <{name}>"))
    }

    /// The child element `name`, which may stand once.
    pub(super) fn optional(&self, name: &str) -> Result<Option<&Self>, String> {
        let mut named = self.named(name);
        match (named.next(), named.next()) {
            (_, Some(_)) => Err(format!("{self} has two <{name}>")),
            (child, None) => Ok(child),
        }
    }

    /// The value of an attribute, trimmed. A reference in it is an error.
    pub(super) fn attribute(&self, name: &str) -> Result<&str, String> {
        let (_, value) = self
            .attributes
            .iter()
            .find(|(key, _)| key == name)
            .ok_or_else(|| format!("{self} has no attribute {name}"))?;
        if value.contains(['&', '<']) {
            return Err(format!("a reference in the attribute {name} of {self}"));
        }
        Ok(value.trim_ascii())
    }

    /// The text, trimmed, of an element without other content.
    pub(super) fn text(&self) -> Result<&str, String> {
        if !self.plain {
            return Err(format!(
                "CDATA, a reference or a comment in {self}, where plain text was expected"
            ));
        }
        match self.children.first() {
            None => Ok(self.text.trim_ascii()),
            Some(child) => Err(format!("{child} in {self}, where plain text was expected")),
        }
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name: String = self.name.chars().take(40).collect();
        write!(f, "<{}>", name.escape_debug())
    }
}

/// The part of a document that was read so far.
struct Tree<'a> {
    root_names: &'static [&'static str],
    /// The depth of the elements that are taken out.
    depth: usize,
    take: &'a mut dyn FnMut(Element) -> Result<(), String>,
    open: Vec<Element>,
    root: Option<Element>,
    nodes: usize,
}

impl<'a> Tree<'a> {
    const fn new(
        root_names: &'static [&'static str],
        depth: usize,
        take: &'a mut dyn FnMut(Element) -> Result<(), String>,
    ) -> Self {
        Self {
            root_names,
            depth,
            take,
            open: Vec::new(),
            root: None,
            nodes: 0,
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        let mut element = Element {
            name: start.name().into_inner().to_owned(),
            attributes: Vec::new(),
            text: String::new(),
            plain: true,
            children: Vec::new(),
        };
        if let Some(root) = &self.root {
            return Err(format!("{element} after </{}>", root.name));
        }
        if self.open.is_empty() && !self.root_names.contains(&element.name.as_str()) {
            let names = self.root_names.join("> or <");
            return Err(format!("the root element is {element}, expected <{names}>"));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(format!("{element} is more than {MAX_DEPTH} elements deep"));
        }
        self.count()?;
        for attribute in start.attributes() {
            self.count()?;
            let attribute =
                attribute.map_err(|cause| format!("an attribute of {element}: {cause}"))?;
            let key = attribute.key.into_inner().to_owned();
            element.attributes.push((key, attribute.value.into_owned()));
        }
        self.open.push(element);
        Ok(())
    }

    fn count(&mut self) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("more than {MAX_NODES} elements and attributes"));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let element = self.open.pop().ok_or("an end tag without a start tag")?;
        // The format has one or the other; ignoring either could lose a value.
        if !element.children.is_empty() && !element.text.trim_ascii().is_empty() {
            return Err(format!("text mixed with elements in {element}"));
        }
        if self.open.len() == self.depth {
            self.nodes = 0;
            return (self.take)(element);
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_ascii().is_empty() => {}
            None => return Err("text outside the root element".into()),
        }
        Ok(())
    }

    /// Notes content that is neither text nor an element; `is_text` if it stands for text.
    fn not_plain(&mut self, is_text: bool) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => element.plain = false,
            None if is_text => return Err("text outside the root element".into()),
            None => {}
        }
        Ok(())
    }

    fn whole(self) -> Result<Element, String> {
        if let Some(open) = self.open.first() {
            return Err(format!("the document ends before </{}>", open.name));
        }
        self.root.ok_or_else(|| "an empty document".into())
    }
}
