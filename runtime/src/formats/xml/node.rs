//! Elements by their local names, whatever their namespace, and their texts.

use std::borrow::Cow;

use roxmltree::Node;

/// The child elements of this name.
pub(in crate::formats) fn children<'a, 'input>(
    node: Node<'a, 'input>,
    name: &str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |node| is(*node, name))
}

/// The first child element of this name.
pub(in crate::formats) fn child<'a, 'input>(
    node: Node<'a, 'input>,
    name: &str,
) -> Option<Node<'a, 'input>> {
    children(node, name).next()
}

/// The element that is reached from `node` by the first child of each name in turn.
pub(in crate::formats) fn at<'a, 'input>(
    node: Node<'a, 'input>,
    path: &[&str],
) -> Option<Node<'a, 'input>> {
    path.iter().try_fold(node, |node, name| child(node, name))
}

/// The elements of this name at any depth below `node`, or `node` itself.
pub(in crate::formats) fn descendants<'a, 'input>(
    node: Node<'a, 'input>,
    name: &str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.descendants().filter(move |node| is(*node, name))
}

/// The first of [`descendants`].
pub(in crate::formats) fn descendant<'a, 'input>(
    node: Node<'a, 'input>,
    name: &str,
) -> Option<Node<'a, 'input>> {
    descendants(node, name).next()
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// An attribute by its local name.
pub(in crate::formats) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.name() == name)
        .map(|attribute| attribute.value())
}

/// All text directly in an element; comments within split it into several nodes.
pub(in crate::formats) fn text<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let mut parts = node
        .children()
        .filter(Node::is_text)
        .filter_map(|part| part.text());
    match (parts.next(), parts.next()) {
        (None, _) => Cow::Borrowed(""),
        (Some(one), None) => Cow::Borrowed(one),
        (Some(one), Some(two)) => Cow::Owned([one, two].into_iter().chain(parts).collect()),
    }
}

/// An element's text without the blanks around it, if there is any.
pub(in crate::formats) fn content(node: Node<'_, '_>) -> Option<String> {
    let text = text(node);
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_elements_and_texts_by_local_name() {
        let xml =
            "<a xmlns:n=\"m\" n:k=\"5\"><b>1<!-- c -->2</b><c><n:b> 3\n</n:b><d/></c><b>4</b></a>";
        let document = roxmltree::Document::parse(xml).unwrap();
        let root = document.root_element();
        let texts = |nodes: Vec<Node<'_, '_>>| -> Vec<String> {
            nodes
                .into_iter()
                .map(|node| text(node).into_owned())
                .collect()
        };
        assert_eq!(texts(children(root, "b").collect()), ["12", "4"]);
        assert_eq!(texts(descendants(root, "b").collect()), ["12", " 3\n", "4"]);
        assert_eq!(
            at(root, &["c", "b"]).and_then(content).as_deref(),
            Some("3")
        );
        assert_eq!(at(root, &["c", "d"]).and_then(content), None);
        assert!(at(root, &["d"]).is_none() && descendant(root, "d").is_some());
        assert_eq!(
            (attribute(root, "k"), attribute(root, "l")),
            (Some("5"), None)
        );
    }
}
