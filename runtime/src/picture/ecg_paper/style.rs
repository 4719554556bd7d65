//! How leads are arranged on the sheet, paper speed and gain.

use crate::ecg::Lead;

/// The time that a sheet shows, s: what a cart records.
pub const SHOWN_S: f64 = 10.0;

/// How leads are arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Three rows of four leads, 2.5 s each.
    #[default]
    ThreeByFour,
    /// Six rows of two leads, 5 s each.
    SixByTwo,
    /// Twelve rows of one lead, 10 s each.
    TwelveByOne,
}

impl Layout {
    /// All of them.
    pub const ALL: [Layout; 3] = [Layout::ThreeByFour, Layout::SixByTwo, Layout::TwelveByOne];

    /// The customary name: rows × columns.
    pub const fn name(self) -> &'static str {
        match self {
            Layout::ThreeByFour => "3x4",
            Layout::SixByTwo => "6x2",
            Layout::TwelveByOne => "12x1",
        }
    }

    /// Rows and columns of leads.
    pub(super) const fn rows_and_columns(self) -> [usize; 2] {
        match self {
            Layout::ThreeByFour => [3, 4],
            Layout::SixByTwo => [6, 2],
            Layout::TwelveByOne => [12, 1],
        }
    }

    /// The lead in a row and column, both from 0: down the columns in standard order.
    pub(super) fn lead(self, row: usize, column: usize) -> Option<Lead> {
        let [rows, _] = self.rows_and_columns();
        Lead::STANDARD.get(column * rows + row).copied()
    }

    /// Zero of the first row, mm from the top, and from each row to the next, so that a sheet
    /// with its strip fits A4 paper across.
    pub(super) const fn rows_mm(self) -> [f64; 2] {
        match self {
            Layout::ThreeByFour => [35.0, 30.0],
            Layout::SixByTwo => [30.0, 25.0],
            Layout::TwelveByOne => [25.0, 15.0],
        }
    }

    /// The lead of the strip unless another is asked for: where every lead is shown in full, none.
    const fn usual_strip(self) -> Option<Lead> {
        match self {
            Layout::ThreeByFour | Layout::SixByTwo => Some(Lead::II),
            Layout::TwelveByOne => None,
        }
    }
}

/// Paper speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// 25 mm/s.
    #[default]
    TwentyFive,
    /// 50 mm/s, which makes a sheet almost twice as wide.
    Fifty,
}

impl Speed {
    /// Both.
    pub const ALL: [Speed; 2] = [Speed::TwentyFive, Speed::Fifty];

    /// The number of mm/s.
    pub const fn name(self) -> &'static str {
        match self {
            Speed::TwentyFive => "25",
            Speed::Fifty => "50",
        }
    }

    /// In mm/s.
    pub const fn mm_per_s(self) -> u8 {
        match self {
            Speed::TwentyFive => 25,
            Speed::Fifty => 50,
        }
    }
}

/// Millimetres for a millivolt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gain {
    /// 5 mm/mV, for large voltages.
    Five,
    /// 10 mm/mV.
    #[default]
    Ten,
    /// 20 mm/mV, for small voltages.
    Twenty,
}

impl Gain {
    /// All of them.
    pub const ALL: [Gain; 3] = [Gain::Five, Gain::Ten, Gain::Twenty];

    /// The number of mm/mV.
    pub const fn name(self) -> &'static str {
        match self {
            Gain::Five => "5",
            Gain::Ten => "10",
            Gain::Twenty => "20",
        }
    }

    /// In mm/mV.
    pub const fn mm_per_mv(self) -> u8 {
        match self {
            Gain::Five => 5,
            Gain::Ten => 10,
            Gain::Twenty => 20,
        }
    }
}

/// All that can be chosen about a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// How leads are arranged.
    pub layout: Layout,
    /// The lead of the rhythm strip below; if none is named, II, and no strip in a layout that
    /// shows every lead in full.
    pub rhythm: Option<Lead>,
    /// Paper speed.
    pub speed: Speed,
    /// Gain.
    pub gain: Gain,
}

impl Style {
    /// The lead of the strip, if there is one.
    pub fn strip(&self) -> Option<Lead> {
        self.rhythm.or(self.layout.usual_strip())
    }

    /// Speed and gain as they stand on paper.
    pub fn scale(&self) -> String {
        let (speed, gain) = (self.speed.name(), self.gain.name());
        format!("{speed} mm/s  {gain} mm/mV")
    }
}
