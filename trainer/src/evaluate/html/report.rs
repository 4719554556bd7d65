//! What a report consists of, as plain data.

use super::document;
use super::figure::Figure;
use super::table::Table;

/// A report: one file that can be printed and sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportContents {
    /// The title.
    pub title: String,
    /// One sentence below it.
    pub summary: String,
    /// What must not be overlooked, such as that pictures are synthetic; framed at the top.
    pub notice: String,
    /// Facts of the run: name and value.
    pub facts: Vec<(String, String)>,
    /// The sections; figures and tables are numbered through all of them.
    pub sections: Vec<Section>,
}

/// A part of a report under a heading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// What it holds, in its order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Words.
    Paragraph(String),
    /// A heading below the section's.
    Subheading(String),
    /// A numbered figure.
    Figure(Figure),
    /// A numbered table.
    Table(Table),
}

impl ReportContents {
    /// The report as one HTML file, which is well-formed XML as well.
    pub fn to_html(&self) -> String {
        document::html(self)
    }
}
