use crate::evaluate::html::chart::axis::Axis;
use crate::evaluate::html::chart::{
    Bar, BarChart, BlandAltman, Histogram, LineChart, PictureGrid, Scatter, Series,
};
use crate::evaluate::html::palette::Scale;
use crate::evaluate::html::{Block, Figure, ReportContents, Section, Svg, Table};

/// Text that breaks out of any element or attribute that does not escape it.
const HOSTILE: &str = "\"/></p><script src='https://example.org/x.js'>&amp;</script>";

fn drawings() -> Vec<Svg> {
    let curve = Series {
        name: HOSTILE.to_owned(),
        points: vec![[0.0, 0.0], [1.0, f64::NAN], [2.0, 3.0]],
        band: vec![[0.0, 0.1], [0.0, 0.1], [2.0, 4.0]],
    };
    let line = LineChart {
        diagonal: true,
        levels: vec![(1.0, HOSTILE.to_owned())],
        notes: vec![HOSTILE.to_owned()],
        ..LineChart::new(HOSTILE, HOSTILE, vec![curve.clone(), curve])
    };
    let bar = Bar {
        value: -0.5,
        interval: Some([-1.0, f64::NAN]),
    };
    let bars = BarChart {
        label: HOSTILE.to_owned(),
        groups: vec![HOSTILE.to_owned(), "b".to_owned()],
        rows: vec![(HOSTILE.to_owned(), vec![bar, Bar::plain(f64::NAN)])],
        level: Some((0.2, HOSTILE.to_owned())),
        decimals: 2,
    };
    let histogram = Histogram {
        label: HOSTILE.to_owned(),
        groups: vec![
            (HOSTILE.to_owned(), vec![1.0, 2.0, f64::INFINITY]),
            ("none".to_owned(), Vec::new()),
        ],
        bins: 10,
        logarithmic: true,
        marks: vec![(1.5, HOSTILE.to_owned())],
    };
    let scatter = Scatter {
        x_label: HOSTILE.to_owned(),
        y_label: HOSTILE.to_owned(),
        points: vec![[1.0, 2.0], [f64::NAN, 1.0]],
        identity: true,
        notes: vec![HOSTILE.to_owned()],
    };
    let agreement = BlandAltman {
        quantity: HOSTILE.to_owned(),
        unit: HOSTILE.to_owned(),
        pairs: vec![[1.0, 2.0]],
    };
    let grid = PictureGrid {
        width: 2,
        side: 40.0,
        columns: vec![HOSTILE.to_owned()],
        rows: vec![(HOSTILE.to_owned(), vec![vec![0.0, 0.5, 1.0, f32::NAN]])],
        scale: Scale::Magma,
        values: Axis::new(HOSTILE, 0.0, 1.0),
    };
    vec![
        line.svg(HOSTILE),
        bars.svg(HOSTILE),
        histogram.svg(HOSTILE),
        scatter.svg(HOSTILE),
        agreement.svg(HOSTILE),
        grid.svg(HOSTILE).unwrap(),
    ]
}

fn report() -> ReportContents {
    let mut table = Table::of_cells(
        HOSTILE,
        &[HOSTILE, "n"],
        vec![vec![HOSTILE.to_owned(), "1".to_owned()]],
    );
    table.notes.push(HOSTILE.to_owned());
    table.marked.push(0);
    let section = |blocks: Vec<Block>| Section {
        heading: HOSTILE.to_owned(),
        blocks,
    };
    ReportContents {
        title: HOSTILE.to_owned(),
        summary: HOSTILE.to_owned(),
        notice: HOSTILE.to_owned(),
        facts: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        sections: vec![
            section(vec![
                Block::Paragraph(HOSTILE.to_owned()),
                Block::Subheading(HOSTILE.to_owned()),
            ]),
            section(vec![
                Block::Figure(Figure::of_drawings(drawings(), HOSTILE)),
                Block::Table(table.clone()),
            ]),
            section(vec![
                Block::Table(table),
                Block::Figure(Figure::of_png(vec![1, 2, 3], HOSTILE, HOSTILE)),
            ]),
        ],
    }
}

/// The document as XML, without the line that says that it is HTML.
fn parsed(html: &str) -> roxmltree::Document<'_> {
    let root = html.strip_prefix("<!DOCTYPE html>\n").unwrap();
    roxmltree::Document::parse(root).unwrap()
}

#[test]
fn the_document_is_well_formed_and_runs_nothing() {
    let html = report().to_html();
    let document = parsed(&html);
    assert!(
        !document
            .descendants()
            .any(|node| node.has_tag_name("script"))
    );
    let known = [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "dl",
        "div",
        "dt",
        "dd",
        "nav",
        "ol",
        "li",
        "a",
        "section",
        "span",
        "figure",
        "figcaption",
        "img",
        "b",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "footer",
        "svg",
        "path",
        "rect",
        "text",
        "image",
    ];
    for node in document.descendants().filter(|node| node.is_element()) {
        assert!(
            known.contains(&node.tag_name().name()),
            "{}",
            node.tag_name().name()
        );
        assert!(
            !node
                .attributes()
                .any(|attribute| attribute.name().starts_with("on"))
        );
    }
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    let html = report().to_html();
    let document = parsed(&html);
    for node in document.descendants() {
        for attribute in node
            .attributes()
            .filter(|attribute| ["src", "href", "style", "fill"].contains(&attribute.name()))
        {
            let inside = match (node.tag_name().name(), attribute.name()) {
                ("img" | "image", "src" | "href") => {
                    attribute.value().starts_with("data:image/png;base64,")
                }
                ("a", "href") => attribute.value().starts_with('#'),
                (_, "src" | "href") => false,
                _ => !attribute.value().contains("url("),
            };
            assert!(inside, "{}", attribute.value());
        }
    }
    let style = document
        .descendants()
        .find(|node| node.has_tag_name("style"))
        .unwrap();
    let style = style.text().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"));
}

#[test]
fn figures_and_tables_are_numbered_through() {
    let html = report().to_html();
    let document = parsed(&html);
    let ids: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    assert_eq!(
        ids,
        [
            "section-1",
            "section-2",
            "figure-1",
            "table-1",
            "section-3",
            "table-2",
            "figure-2"
        ]
    );
    let links: Vec<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("href"))
        .filter(|link| link.starts_with('#'))
        .collect();
    assert_eq!(links, ["#section-1", "#section-2", "#section-3"]);
}

#[test]
fn hostile_text_is_shown_as_it_is() {
    let html = report().to_html();
    let document = parsed(&html);
    let title = document
        .descendants()
        .find(|node| node.has_tag_name("h1"))
        .unwrap();
    assert_eq!(title.text(), Some(HOSTILE));
}
