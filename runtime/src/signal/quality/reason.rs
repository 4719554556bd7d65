//! Why a recording is less than good: one sentence each that says how to mend it.

use std::fmt;

use super::{Arrangement, Verdict};
use crate::ecg::Lead;
use crate::signal::SignalError;

/// An electrode on a limb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimbElectrode {
    /// Right arm, RA (R).
    RightArm,
    /// Left arm, LA (L).
    LeftArm,
}

/// One thing to know about a recording. [`Reason::verdict`] says how grave it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// No median beat can be made of it.
    Unprocessable(SignalError),
    /// The recorder itself noted that the signal was poor.
    RecorderWarning,
    /// Leads that move without showing the heart beats that other leads show.
    NoHeartbeat {
        /// The leads concerned.
        leads: Vec<Lead>,
    },
    /// Leads whose tops or bottoms are cut off.
    Clipped {
        /// The leads concerned.
        leads: Vec<Lead>,
    },
    /// Leads that stand still for some time.
    Dropout {
        /// The leads concerned.
        leads: Vec<Lead>,
        /// The longest time that one of them stands still, in seconds.
        seconds: f64,
        /// Whether that is too much.
        unusable: bool,
    },
    /// A swinging baseline.
    Wander {
        /// The leads concerned.
        leads: Vec<Lead>,
        /// The largest swing in millivolts.
        millivolts: f64,
        /// Whether that is too much.
        unusable: bool,
    },
    /// Hum of the mains.
    Mains {
        /// The leads concerned.
        leads: Vec<Lead>,
        /// The frequency in Hz.
        hertz: f64,
        /// The largest amplitude in millivolts.
        millivolts: f64,
        /// Whether that is too much.
        unusable: bool,
    },
    /// Noise of muscles.
    MuscleNoise {
        /// The leads concerned.
        leads: Vec<Lead>,
        /// The largest root mean square in millivolts.
        millivolts: f64,
        /// Whether that is too much.
        unusable: bool,
    },
    /// Stimuli of a pacemaker.
    PacingSpikes {
        /// How many were found.
        count: usize,
    },
    /// A long time without a beat.
    LongPause {
        /// Its length in seconds.
        seconds: f64,
        /// The usual time between two beats in seconds.
        usual: f64,
    },
    /// Beats that were left out of the median beat.
    UnlikeBeats {
        /// How many were left out.
        left_out: usize,
        /// How many were found.
        found: usize,
    },
    /// One lead is far larger or smaller than its neighbours allow.
    LeadGain {
        /// The lead.
        lead: Lead,
        /// How many times too large it is (less than 1: too small).
        factor: f64,
        /// Whether no heart explains it.
        unusable: bool,
    },
    /// Each lead was scaled to one range on its own.
    LeadsScaledAlone {
        /// The range in millivolts.
        millivolts: f64,
    },
    /// The limb leads contradict one another.
    LimbLeadsDisagree {
        /// The one lead that does not fit the others, if it is one.
        lead: Option<Lead>,
        /// The root mean square of the contradiction in millivolts.
        millivolts: f64,
    },
    /// A lead is upside down.
    InvertedLead {
        /// The lead.
        lead: Lead,
    },
    /// Two chest leads hold one and the same signal.
    SameSignal {
        /// The first of the two.
        one: Lead,
        /// The second.
        other: Lead,
    },
    /// An arm's electrode and that of the right leg are exchanged.
    NeutralExchanged {
        /// The arm.
        arm: LimbElectrode,
    },
    /// The electrodes of both arms and both legs are exchanged.
    ArmsAndLegsExchanged,
    /// The leads look as if the electrodes were arranged otherwise.
    Arrangement {
        /// The arrangement they look most like.
        suspected: Arrangement,
        /// The probability from 0 to 1 that all electrodes are where they belong.
        right: f64,
        /// Whether that is too improbable to go on.
        unusable: bool,
    },
}

impl Reason {
    /// What the recording is worth for this reason alone.
    pub fn verdict(&self) -> Verdict {
        let unusable = match self {
            Reason::Unprocessable(_)
            | Reason::NoHeartbeat { .. }
            | Reason::Clipped { .. }
            | Reason::LimbLeadsDisagree { .. }
            | Reason::InvertedLead { .. }
            | Reason::NeutralExchanged { .. }
            | Reason::ArmsAndLegsExchanged => true,
            Reason::RecorderWarning
            | Reason::PacingSpikes { .. }
            | Reason::LongPause { .. }
            | Reason::UnlikeBeats { .. }
            | Reason::LeadsScaledAlone { .. }
            | Reason::SameSignal { .. } => false,
            Reason::Dropout { unusable, .. }
            | Reason::Wander { unusable, .. }
            | Reason::Mains { unusable, .. }
            | Reason::MuscleNoise { unusable, .. }
            | Reason::LeadGain { unusable, .. }
            | Reason::Arrangement { unusable, .. } => *unusable,
        };
        if unusable {
            Verdict::Refuse
        } else {
            Verdict::Usable
        }
    }

    /// Whether it names this lead.
    pub fn concerns(&self, lead: Lead) -> bool {
        match self {
            Reason::NoHeartbeat { leads }
            | Reason::Clipped { leads }
            | Reason::Dropout { leads, .. }
            | Reason::Wander { leads, .. }
            | Reason::Mains { leads, .. }
            | Reason::MuscleNoise { leads, .. } => leads.contains(&lead),
            Reason::LeadGain { lead: own, .. } | Reason::InvertedLead { lead: own } => *own == lead,
            Reason::LimbLeadsDisagree { lead: own, .. } => *own == Some(lead),
            Reason::SameSignal { one, other } => *one == lead || *other == lead,
            Reason::Arrangement { suspected, .. } => suspected.displaces(lead),
            Reason::Unprocessable(
                SignalError::FlatLead { lead: own }
                | SignalError::AmplitudeTooLarge { lead: own, .. },
            ) => *own == lead,
            Reason::NeutralExchanged { .. } | Reason::ArmsAndLegsExchanged => true,
            Reason::Unprocessable(_)
            | Reason::RecorderWarning
            | Reason::PacingSpikes { .. }
            | Reason::LongPause { .. }
            | Reason::LeadsScaledAlone { .. }
            | Reason::UnlikeBeats { .. } => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Unprocessable(error) => write!(to, "{error}"),
            Reason::RecorderWarning => {
                write!(to, "the recorder itself reported poor data quality")
            }
            Reason::NoHeartbeat { leads } => write!(
                to,
                "no heart beat shows in {}: check the electrode and its cable, and record again",
                Listed(leads)
            ),
            Reason::Clipped { leads } => write!(
                to,
                "the tops or bottoms of {} are cut off: lower the gain of the recorder or fix a loose electrode, and record again",
                Listed(leads)
            ),
            Reason::Dropout { leads, seconds, .. } => write!(
                to,
                "{} without any signal for {seconds:.1} s: check cables and record again",
                Listed(leads)
            ),
            Reason::Wander {
                leads, millivolts, ..
            } => write!(
                to,
                "the baseline of {} swings by up to {millivolts:.1} mV: let the patient lie still and breathe quietly, and clean the skin under the electrodes",
                Listed(leads)
            ),
            Reason::Mains {
                leads,
                hertz,
                millivolts,
                ..
            } => write!(
                to,
                "mains hum of {hertz} Hz with up to {millivolts:.2} mV in {}: move power cables away and check the right-leg electrode",
                Listed(leads)
            ),
            Reason::MuscleNoise {
                leads, millivolts, ..
            } => write!(
                to,
                "muscle noise of up to {millivolts:.2} mV in {}: keep the patient warm and relaxed, arms and legs at rest",
                Listed(leads)
            ),
            Reason::PacingSpikes { count } => write!(
                to,
                "{count} pacemaker spikes: paced beats spread otherwise than the beats the model was trained on"
            ),
            Reason::LongPause { seconds, usual } => write!(
                to,
                "{seconds:.1} s pass without a beat where {usual:.1} s are usual: a pause of the heart, or a loose electrode"
            ),
            Reason::UnlikeBeats { left_out, found } => write!(
                to,
                "{left_out} of {found} beats differ from the others and were left out"
            ),
            Reason::LeadGain { lead, factor, .. } => write!(
                to,
                "lead {lead} is {} than its neighbours allow: correct its gain in the file or check its electrode",
                Times(*factor)
            ),
            Reason::LeadsScaledAlone { millivolts } => write!(
                to,
                "every lead spans {millivolts:.2} mV: each was scaled on its own, so that amplitudes and axes mean nothing; read the recording with its true gains"
            ),
            Reason::LimbLeadsDisagree {
                lead: Some(lead),
                millivolts,
            } => write!(
                to,
                "lead {lead} differs by {millivolts:.2} mV from what the other limb leads make it: check its gain and name in the file"
            ),
            Reason::LimbLeadsDisagree {
                lead: None,
                millivolts,
            } => write!(
                to,
                "the limb leads contradict one another by {millivolts:.2} mV: they must be recorded at one time (lead I + III = II), so check names and gains in the file"
            ),
            Reason::InvertedLead { lead } => write!(
                to,
                "lead {lead} looks upside down: check the polarity of its cable"
            ),
            Reason::SameSignal { one, other } => write!(
                to,
                "leads {one} and {other} hold the same signal: check that their electrodes and gel do not touch"
            ),
            Reason::NeutralExchanged { arm } => {
                let (name, short, flat) = match arm {
                    LimbElectrode::RightArm => ("right arm", "RA", "II"),
                    LimbElectrode::LeftArm => ("left arm", "LA", "III"),
                };
                write!(
                    to,
                    "the electrodes of the {name} and the right leg look exchanged, for lead {flat} is nearly flat: check {short} and RL"
                )
            }
            Reason::ArmsAndLegsExchanged => write!(
                to,
                "the electrodes of arms and legs look exchanged, for lead I is nearly flat: check RA, LA, LL and RL"
            ),
            Reason::Arrangement { suspected, .. } => write!(to, "{suspected}"),
        }
    }
}

/// `lead V1`, `leads V1 and V2`, `leads I, II and III`, `all twelve leads`.
struct Listed<'a>(&'a [Lead]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => write!(to, "no lead"),
            [only] => write!(to, "lead {only}"),
            all if all.len() == Lead::STANDARD.len() => write!(to, "all twelve leads"),
            [first, between @ .., last] => {
                write!(to, "leads {first}")?;
                between.iter().try_for_each(|lead| write!(to, ", {lead}"))?;
                write!(to, " and {last}")
            }
        }
    }
}

/// `10 times larger` or `10 times smaller`.
struct Times(f64);

impl fmt::Display for Times {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= 1.0 {
            write!(to, "{:.0} times larger", self.0)
        } else {
            write!(to, "{:.0} times smaller", 1.0 / self.0)
        }
    }
}
