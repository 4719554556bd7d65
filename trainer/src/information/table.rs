//! The report as text.

use super::input::Input;
use super::learner::Learner;
use super::published::DIAGNOSED_FROM_THE_ECG;
use super::report::{Information, Told};
use super::target::Kind;
use std::fmt::{self, Write};

/// Width of a target's name.
const NAME: usize = 21;
/// Width of one figure.
const FIGURE: usize = 12;

impl Information {
    /// The figures as lines of text: quantities, classes, target bands, sources.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        writeln!(
            text,
            "{}: {} subjects ({} left out), {} folds, seed {}\ndemographics: {}\n",
            self.cohort,
            self.subjects,
            self.left_out,
            self.folds,
            self.seed,
            self.demographics.join(", ")
        )?;
        let mut sources = Vec::new();
        self.write_kind(
            text,
            Kind::Quantity,
            "R² by cross-validation; in brackets within sex and body size: truth and prediction each less their \
             regression on the demographics",
            &mut sources,
        )?;
        self.write_kind(
            text,
            Kind::Class,
            "AUROC by cross-validation; sex is told without being given",
            &mut sources,
        )?;
        self.write_intervals(text)?;
        self.write_bands(text)?;
        if !sources.is_empty() {
            writeln!(text, "Published, of real hearts:")?;
        }
        for (number, source) in sources.iter().enumerate() {
            writeln!(text, "  [{}] {source}", number + 1)?;
        }
        Ok(())
    }

    fn write_kind(
        &self,
        text: &mut String,
        kind: Kind,
        title: &str,
        sources: &mut Vec<String>,
    ) -> fmt::Result {
        let of_kind: Vec<&Told> = self
            .targets
            .iter()
            .filter(|told| told.kind == kind)
            .collect();
        if of_kind.is_empty() {
            return Ok(());
        }
        writeln!(text, "{title}")?;
        let mut inputs = format!("{:NAME$}", "");
        let mut learners = inputs.clone();
        for input in Input::ALL {
            write!(inputs, "{:>width$}", input.label(), width = 2 * FIGURE)?;
            for learner in Learner::ALL {
                write!(learners, "{:>FIGURE$}", learner.label())?;
            }
        }
        writeln!(text, "{inputs}\n{learners}  published")?;
        for told in of_kind {
            let name = match told.cases {
                Some(cases) => format!("{} ({cases})", told.label),
                None => told.label.clone(),
            };
            write!(text, "{name:NAME$}")?;
            for input in Input::ALL {
                for learner in Learner::ALL {
                    write!(text, "{:>FIGURE$}", cell(told, input, learner))?;
                }
            }
            writeln!(text, "  {}", beside(told, sources))?;
        }
        writeln!(text)
    }

    fn write_intervals(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "12 leads, kernel ridge, with 95 % intervals:")?;
        for told in &self.targets {
            if let Some(figure) = told.figure(Input::TwelveLeads, Learner::KernelRidge) {
                let found = figure.estimate;
                writeln!(
                    text,
                    "  {:NAME$} {:.3} ({:.3} to {:.3})",
                    told.label, found.value, found.low, found.high
                )?;
            }
        }
        writeln!(text)
    }

    fn write_bands(&self, text: &mut String) -> fmt::Result {
        if self.bands.is_empty() {
            return Ok(());
        }
        writeln!(
            text,
            "Targets for profile ukb (R² from 12 leads, kernel ridge):"
        )?;
        for band in &self.bands {
            let verdict = |good| if good { "pass" } else { "FAIL" };
            writeln!(
                text,
                "  {:NAME$} {:.2} in {:.2} to {:.2}: {};  more than lead I by {:.2} ({:.2} to {:.2}): {}",
                band.label,
                band.twelve_leads.value,
                band.least,
                band.most,
                verdict(band.in_band),
                band.gain_over_lead_one.value,
                band.gain_over_lead_one.low,
                band.gain_over_lead_one.high,
                verdict(band.more_than_one_lead)
            )?;
        }
        writeln!(text)
    }
}

fn cell(told: &Told, input: Input, learner: Learner) -> String {
    match told.figure(input, learner) {
        None => "-".to_owned(),
        Some(figure) => match figure.within {
            Some(within) => format!("{} ({})", rounded(figure.estimate.value), rounded(within)),
            None => rounded(figure.estimate.value),
        },
    }
}

/// Two decimals, without the leading 0 of a fraction and without a negative 0.
fn rounded(value: f64) -> String {
    let text = format!("{value:.2}");
    match text.as_str() {
        "-0.00" => ".00".to_owned(),
        _ => text.replacen("0.", ".", 1),
    }
}

/// The published figures with the numbers of their sources, which are added to `sources` where new.
fn beside(told: &Told, sources: &mut Vec<String>) -> String {
    if told.published.is_empty() {
        return match DIAGNOSED_FROM_THE_ECG.contains(&told.target.as_str()) {
            true => "diagnosed from the ECG itself".to_owned(),
            false => "none found".to_owned(),
        };
    }
    let figures: Vec<String> = told
        .published
        .iter()
        .map(|published| {
            let source = format!("{}: {}", published.source, published.remark);
            let number = sources
                .iter()
                .position(|known| *known == source)
                .unwrap_or_else(|| {
                    sources.push(source);
                    sources.len() - 1
                });
            format!(
                "{} {} [{}]",
                published.input.label(),
                rounded(published.value),
                number + 1
            )
        })
        .collect();
    let text = figures.join("; ");
    match told
        .published
        .iter()
        .all(|published| published.input == Input::Demographics)
    {
        true => text + "; none found from an ECG",
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn figures_are_short_and_never_minus_nothing() {
        let shown = [0.456, 1.0, -0.001, -0.37, 0.0].map(rounded);
        assert_eq!(shown, [".46", "1.00", ".00", "-.37", ".00"]);
    }
}
