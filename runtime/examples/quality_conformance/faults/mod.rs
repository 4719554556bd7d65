//! Faults of recording, made to order in a sound recording.

mod electrodes;
mod signal;

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::signal::quality::Reason;

/// Makes a fault in a recording; the number seeds its noise.
type Make = Box<dyn Fn(&Ecg, u64) -> Ecg>;

/// A fault: its name, what it does to a recording of twelve leads, and the reason that names it.
pub struct Fault {
    /// What went wrong.
    pub name: String,
    /// Makes the fault.
    pub make: Make,
    /// Whether a reason names the fault.
    pub named_by: Box<dyn Fn(&Reason) -> bool>,
}

impl Fault {
    fn new(
        name: impl Into<String>,
        make: impl Fn(&Ecg, u64) -> Ecg + 'static,
        named_by: impl Fn(&Reason) -> bool + 'static,
    ) -> Fault {
        Fault {
            name: name.into(),
            make: Box::new(make),
            named_by: Box::new(named_by),
        }
    }
}

/// All faults.
pub fn all() -> Vec<Fault> {
    let mut all = signal::faults();
    all.extend(electrodes::faults());
    all
}

/// Rows in standard order, changed.
fn changed(ecg: &Ecg, change: impl FnOnce(&mut Vec<Vec<f32>>)) -> Ecg {
    let twelve = ecg.twelve_leads().expect("recordings have twelve leads");
    let mut rows = twelve.samples().to_vec();
    change(&mut rows);
    Ecg::new(twelve.leads().to_vec(), rows, twelve.sampling_rate())
        .expect("as many samples as before")
}

/// The place of a row in standard order.
fn place(lead: Lead) -> usize {
    Lead::STANDARD
        .iter()
        .position(|&own| own == lead)
        .unwrap_or(0)
}

const CHEST: std::ops::Range<usize> = 6..12;
