//! The HTML file of a report.

use super::escape::escaped;
use super::report::{Block, ReportContents, Section};

/// How it looks, on a screen and on paper.
const STYLE: &str = include_str!("style.css");

/// The whole file: HTML5 that is well-formed XML too, its style and pictures inside.
pub(super) fn html(report: &ReportContents) -> String {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"generator\" content=\"{}\"/>\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escaped(&crate::created_by()),
        escaped(&report.title)
    );
    text += &head(report);
    text += &contents(&report.sections);
    let mut numbers = Numbers::default();
    for (place, section) in report.sections.iter().enumerate() {
        text += &format!(
            "<section id=\"section-{0}\">\n<h2><span class=\"count\">{0}</span> {1}</h2>\n",
            place + 1,
            escaped(&section.heading)
        );
        for block in &section.blocks {
            text += &numbers.block(block);
        }
        text += "</section>\n";
    }
    text += &format!(
        "<footer>Made by {}.</footer>\n</main>\n</body>\n</html>\n",
        escaped(&crate::created_by())
    );
    text
}

fn head(report: &ReportContents) -> String {
    let mut text = format!("<header>\n<h1>{}</h1>\n", escaped(&report.title));
    if !report.summary.is_empty() {
        text += &format!("<p class=\"summary\">{}</p>\n", escaped(&report.summary));
    }
    if !report.notice.is_empty() {
        text += &format!("<p class=\"notice\">{}</p>\n", escaped(&report.notice));
    }
    if !report.facts.is_empty() {
        text += "<dl class=\"facts\">\n";
        for (name, value) in &report.facts {
            text += &format!(
                "<div><dt>{}</dt><dd>{}</dd></div>\n",
                escaped(name),
                escaped(value)
            );
        }
        text += "</dl>\n";
    }
    text + "</header>\n"
}

/// The list of sections, where there are enough of them to look for one.
fn contents(sections: &[Section]) -> String {
    if sections.len() < 3 {
        return String::new();
    }
    let entries: String = sections
        .iter()
        .enumerate()
        .map(|(place, section)| {
            format!(
                "<li><a href=\"#section-{}\">{}</a></li>\n",
                place + 1,
                escaped(&section.heading)
            )
        })
        .collect();
    format!("<nav>\n<ol>\n{entries}</ol>\n</nav>\n")
}

/// Figures and tables given so far.
#[derive(Default)]
struct Numbers {
    figures: usize,
    tables: usize,
}

impl Numbers {
    fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(words) => format!("<p>{}</p>\n", escaped(words)),
            Block::Subheading(words) => format!("<h3>{}</h3>\n", escaped(words)),
            Block::Figure(figure) => {
                self.figures += 1;
                figure.markup(self.figures)
            }
            Block::Table(table) => {
                self.tables += 1;
                table.markup(self.tables)
            }
        }
    }
}

#[cfg(test)]
mod tests;
