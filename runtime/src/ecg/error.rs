//! What can be wrong with a recording as such, whatever file it came from.

use super::Lead;

/// Why samples do not make a recording, or a recording lacks what was asked of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EcgError {
    /// No lead was given.
    #[error("the recording holds no ECG lead")]
    NoLeads,
    /// The same lead was given twice.
    #[error("lead {lead} occurs more than once; keep one signal per lead")]
    DuplicateLead {
        /// The lead that occurs twice.
        lead: Lead,
    },
    /// There are more, or fewer, rows of samples than leads.
    #[error("{leads} leads were named but {rows} rows of samples given")]
    LeadCountMismatch {
        /// Leads named.
        leads: usize,
        /// Rows of samples given.
        rows: usize,
    },
    /// One lead is longer or shorter than the first.
    #[error("lead {lead} has {found} samples where the other leads have {expected}")]
    UnequalLengths {
        /// The lead that differs.
        lead: Lead,
        /// Samples in the first lead.
        expected: usize,
        /// Samples in this lead.
        found: usize,
    },
    /// The leads are there but hold no samples.
    #[error("the recording holds no samples")]
    NoSamples,
    /// A sample is NaN or infinite.
    #[error("lead {lead} is {value} at sample {sample}; mend or cut that part of the recording")]
    NotFinite {
        /// The lead concerned.
        lead: Lead,
        /// Sample number, counted from 0.
        sample: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// The sampling rate is zero, negative, or not a finite number.
    #[error("a sampling rate of {rate} Hz is not possible")]
    SamplingRate {
        /// The rate given, in Hz.
        rate: f64,
    },
    /// Leads that twelve-lead work needs are neither there nor derivable.
    #[error(
        "lead{} {} missing and cannot be derived from the leads present; a 12-lead ECG needs I and II (or one of them and III) and V1 to V6",
        if missing.len() == 1 { "" } else { "s" },
        list(missing)
    )]
    MissingLeads {
        /// The missing leads, in standard order.
        missing: Vec<Lead>,
    },
}

fn list(leads: &[Lead]) -> String {
    let names: Vec<String> = leads.iter().map(Lead::to_string).collect();
    match names.as_slice() {
        [one] => format!("{one} is"),
        many => format!("{} are", many.join(", ")),
    }
}
