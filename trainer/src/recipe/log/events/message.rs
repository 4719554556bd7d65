//! The part of TensorBoard's protobuf that we write.
//!
//! Field numbers are those of `tensorboard/compat/proto/event.proto` and `summary.proto`. Fields that we never write are
//! left out.

use super::super::samples::SampleSheet;
use prost::{Message, Oneof};

/// The first event of every file names this version.
pub const FILE_VERSION: &str = "brain.Event:2";
/// `SessionLog.SessionStatus.START`: what was logged at this step and later, in files before this one, is void.
pub const SESSION_START: i32 = 1;
/// `Summary.Image.colorspace` of grey pictures.
const GREY: i32 = 1;

/// One entry of an event file.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    /// The step, counted through all stages from 1.
    #[prost(int64, tag = "2")]
    pub step: i64,
    /// What happened.
    #[prost(oneof = "What", tags = "3, 5, 7")]
    pub what: Option<What>,
}

/// What an event says.
#[derive(Clone, PartialEq, Oneof)]
pub enum What {
    /// [`FILE_VERSION`].
    #[prost(string, tag = "3")]
    FileVersion(String),
    /// Numbers and pictures.
    #[prost(message, tag = "5")]
    Summary(Summary),
    /// The program began.
    #[prost(message, tag = "7")]
    SessionLog(SessionLog),
}

/// A beginning of the program.
#[derive(Clone, PartialEq, Message)]
pub struct SessionLog {
    /// [`SESSION_START`].
    #[prost(int32, tag = "1")]
    pub status: i32,
}

/// Numbers and pictures of one step.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// The values.
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<SummaryValue>,
}

/// One number or picture.
#[derive(Clone, PartialEq, Message)]
pub struct SummaryValue {
    /// Its name; TensorBoard groups by what stands before the first slash.
    #[prost(string, tag = "1")]
    pub tag: String,
    /// The value.
    #[prost(oneof = "Content", tags = "2, 4")]
    pub content: Option<Content>,
}

/// A number or a picture.
#[derive(Clone, PartialEq, Oneof)]
pub enum Content {
    /// A number.
    #[prost(float, tag = "2")]
    Number(f32),
    /// A picture.
    #[prost(message, tag = "4")]
    Image(Image),
}

/// A picture.
#[derive(Clone, PartialEq, Message)]
pub struct Image {
    /// Rows of pixels.
    #[prost(int32, tag = "1")]
    pub height: i32,
    /// Columns of pixels.
    #[prost(int32, tag = "2")]
    pub width: i32,
    /// 1 for grey.
    #[prost(int32, tag = "3")]
    pub colorspace: i32,
    /// The picture as a PNG file.
    #[prost(bytes = "vec", tag = "4")]
    pub encoded: Vec<u8>,
}

/// A number under a tag.
pub fn scalar(tag: String, number: f32) -> SummaryValue {
    SummaryValue {
        tag,
        content: Some(Content::Number(number)),
    }
}

/// A grey picture under a tag.
pub fn grey_png(tag: String, sheet: &SampleSheet) -> SummaryValue {
    let side = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    SummaryValue {
        tag,
        content: Some(Content::Image(Image {
            height: side(sheet.height),
            width: side(sheet.width),
            colorspace: GREY,
            encoded: sheet.png.clone(),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::*;

    /// `tests/goldens/tensorboard_events.py` made the file with TensorBoard's own messages and record writer.
    #[test]
    fn the_bytes_are_tensorboards_own() {
        let golden = include_bytes!("../../../../../tests/goldens/tensorboard/run.tfevents");
        let at = |step: i64, what: What| Event {
            wall_time: 1_700_000_000.25 + step as f64,
            step,
            what: Some(what),
        };
        let sheet = SampleSheet {
            width: 2,
            height: 3,
            png: b"\x89PNG, not really".to_vec(),
        };
        let numbers = |values: Vec<SummaryValue>| What::Summary(Summary { value: values });
        let events = [
            at(0, What::FileVersion(FILE_VERSION.into())),
            at(
                301,
                What::SessionLog(SessionLog {
                    status: SESSION_START,
                }),
            ),
            at(
                301,
                numbers(vec![
                    scalar("joint/step/loss".into(), 0.125),
                    scalar("joint/step/gradient_norm".into(), 0.0),
                    scalar("joint/step/learning_rate".into(), 1e-3),
                    scalar("joint/step/contrastive".into(), f32::NAN),
                ]),
            ),
            at(
                1 << 40,
                numbers(vec![grey_png("joint/samples".into(), &sheet)]),
            ),
        ];
        let written: Vec<u8> = events
            .iter()
            .flat_map(|event| record::framed(&event.encode_to_vec()))
            .collect();
        assert_eq!(written, golden);
    }
}
