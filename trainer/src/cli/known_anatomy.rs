//! `ecg2mri-train known-anatomy`.

use super::Outcome;
use crate::cohort::known_anatomy::{COLUMNS, with_known_anatomy};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
        ecg2mri-train known-anatomy dataset -o told\n  \
        ecg2mri-train fit trainer/recipes/known-anatomy.toml --data told -o ceiling\n  \
        ecg2mri-train evaluate ceiling --data told --quick\n\n\
        The error of pictures made from the anatomy itself is the least that any ECG could give.")]
pub(super) struct Arguments {
    /// The data set to take pictures, split and table from
    dataset: PathBuf,
    /// The new data set's folder; it must not exist yet
    #[arg(short, long)]
    output: PathBuf,
    /// Columns of subjects.csv to tell [default: those of a simulated heart]
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let columns = match &arguments.columns[..] {
        [] => COLUMNS.map(str::to_owned).to_vec(),
        named => named.to_vec(),
    };
    with_known_anatomy(&arguments.dataset, &columns, &arguments.output)?;
    let text = format!(
        "{}: the data set {} with {} columns in the place of its ECGs\n",
        arguments.output.display(),
        arguments.dataset.display(),
        columns.len()
    );
    Ok(ecg2mri::standard_output::print(&text)?)
}
