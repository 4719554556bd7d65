//! Multi-segment records: a header that names other records, to be read one after the other.
//!
//! header(5) has two kinds. In a fixed layout all segments have the same signals. In a variable layout
//! the first segment has no samples, only a header that lists every signal that occurs; the segments
//! after it hold some of these. The segment `~` is a gap.

use std::path::Path;

use super::header::{Header, Segment};
use super::header_file::{header_path, read_header};
use super::read::Rows;
use super::signal_file::MAX_SIGNAL_BYTES;
use crate::formats::{ReadError, ReadErrorKind};
use crate::untrusted_file::is_plain_name;

/// Samples of all leads together; as many as the largest signal file of one record has.
const MAX_SAMPLES: u64 = MAX_SIGNAL_BYTES / 2;

/// Joins the segments of `header`, which has at least one.
pub(super) fn read(path: &Path, header: &Header) -> Result<Rows, ReadError> {
    let mut joined: Option<Rows> = None;
    let mut begin = 0;
    for (index, segment) in header.segments.iter().enumerate() {
        let refused = |problem: String| {
            let segment = index + 1;
            ReadError::new(path, ReadErrorKind::Segment { segment, problem })
        };
        // Without samples it is the layout of the others.
        if segment.frames == 0 {
            continue;
        }
        check(header, index, segment, begin).map_err(refused)?;
        let rows = read_one(path, header, segment)?.map_err(refused)?;
        match &mut joined {
            None => joined = Some(rows),
            Some(joined) => append(joined, rows).map_err(refused)?,
        }
        begin += segment.frames;
    }
    if header.frames.is_some_and(|frames| frames != begin) {
        let declared = header.frames.unwrap_or(0);
        let problem = format!("it declares {declared} samples but its segments have {begin}");
        return Err(ReadError::new(
            path,
            ReadErrorKind::Header { line: 1, problem },
        ));
    }
    joined.ok_or_else(|| ReadError::new(path, ReadErrorKind::NoStandardLead { found: Vec::new() }))
}

/// Refuses gaps and segments that are named twice; `begin` is where the segment begins, in frames.
fn check(header: &Header, index: usize, segment: &Segment, begin: u64) -> Result<(), String> {
    if segment.name == "~" {
        return Err(format!(
            "is a gap of {} samples after the first {begin}; name the header of one segment before or after it",
            segment.frames
        ));
    }
    if !is_plain_name(&segment.name) {
        return Err("is not named by a plain name in the header's own folder".to_owned());
    }
    let mut earlier = header.segments.iter().take(index);
    if earlier.any(|earlier| earlier.name == segment.name) {
        return Err("is one that occurred before; a segment can be read once only".to_owned());
    }
    Ok(())
}

/// Reads one segment; the inner error is what is wrong with it as a segment.
fn read_one(
    path: &Path,
    header: &Header,
    segment: &Segment,
) -> Result<Result<Rows, String>, ReadError> {
    let record = path.with_file_name(&segment.name);
    let Some(own_path) = header_path(&record) else {
        return Ok(Err(
            "has no header beside this one; copy the whole record".to_owned()
        ));
    };
    let own = read_header(&own_path)?;
    if !own.segments.is_empty() {
        return Ok(Err("has segments itself".to_owned()));
    }
    if own.frame_rate != header.frame_rate {
        return Ok(Err(format!(
            "is sampled at {} Hz where the record is at {} Hz",
            own.frame_rate, header.frame_rate
        )));
    }
    // A segment's header may leave its length open; the record's does not.
    let own = Header {
        frames: own.frames.or(Some(segment.frames)),
        ..own
    };
    if own.frames != Some(segment.frames) {
        return Ok(Err(format!(
            "has {} samples where the record's header says {}",
            own.frames.unwrap_or(0),
            segment.frames
        )));
    }
    let rows = Rows::read(&own_path, &own)?;
    let per_frame = rows.sampling_rate / header.frame_rate;
    let length = rows.rows.first().map_or(0, Vec::len);
    if length as f64 != segment.frames as f64 * per_frame {
        return Ok(Err(
            "has skewed signals, which cannot be joined; name its own header".to_owned(),
        ));
    }
    Ok(Ok(rows))
}

/// Appends `next` lead by lead.
fn append(joined: &mut Rows, mut next: Rows) -> Result<(), String> {
    if joined.sampling_rate != next.sampling_rate {
        return Err("has leads sampled at another rate than the segments before it".to_owned());
    }
    if let Some(more) = next.leads.iter().find(|lead| !joined.leads.contains(lead)) {
        return Err(format!(
            "has lead {more}, which the segments before it lack; name one segment's own header"
        ));
    }
    let total = [&*joined, &next]
        .iter()
        .flat_map(|rows| &rows.rows)
        .map(|row| row.len() as u64)
        .sum::<u64>();
    if total > MAX_SAMPLES {
        return Err(format!(
            "makes more than the {MAX_SAMPLES} samples allowed; name one segment's own header"
        ));
    }
    for (lead, row) in joined.leads.iter().zip(&mut joined.rows) {
        let Some(place) = next.leads.iter().position(|own| own == lead) else {
            return Err(format!(
                "lacks lead {lead}, which the segments before it have; name one segment's own header"
            ));
        };
        row.append(&mut next.rows[place]);
    }
    for name in next.skipped {
        if !joined.skipped.contains(&name) {
            joined.skipped.push(name);
        }
    }
    Ok(())
}
