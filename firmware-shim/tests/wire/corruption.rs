//! Whatever happens on the line, the decoder delivers no wrong sample, counts exactly what is
//! missing, and is back at the next delimiter.

use crate::kinds::Direction;
use crate::stream::{Stream, any_command_stream, any_stream, decode_all, delivered, sealed};
use proptest::prelude::*;
use proptest::sample::Index;

/// Cases per kind of damage.
const CASES: u32 = 10_000;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A byte on the damaged line, and where in the stream sent it comes from if it is unharmed.
type Traced = (u8, Option<usize>);

fn traced<B>(stream: &Stream<B>) -> Vec<Traced> {
    stream.bytes.iter().copied().zip((0..).map(Some)).collect()
}

/// Checks the decoding of a damaged line, and that every frame which came through whole behind a
/// delimiter was delivered.
fn check<B: Direction>(
    stream: &Stream<B>,
    line: &[Traced],
    piece: usize,
) -> Result<(), TestCaseError> {
    let bytes: Vec<u8> = line.iter().map(|&(byte, _)| byte).collect();
    let delivered = delivered(stream, &decode_all(&bytes, piece))?;
    for (sequence, place) in (0..).zip(&stream.places) {
        let whole = line
            .windows(place.len())
            .enumerate()
            .any(|(start, window)| {
                let at_frame_start = start == 0 || bytes[start - 1] == 0;
                at_frame_start
                    && (window.iter().map(|&(_, origin)| origin)).eq(place.clone().map(Some))
            });
        prop_assert!(
            !whole || delivered.contains(&sequence),
            "frame {} came through whole and was not delivered",
            sequence
        );
    }
    Ok(())
}

/// A non-empty range within `length`.
fn range(length: usize, start: Index, extent: Index) -> std::ops::Range<usize> {
    let start = start.index(length);
    start..start + 1 + extent.index((length - start).min(300))
}

/// The same damage to either direction.
macro_rules! damaged {
    ($direction:ident, $stream:expr) => {
        mod $direction {
            use super::*;

            proptest! {
                #![proptest_config(config())]

                #[test]
                fn undamaged(stream in $stream, piece in 1..400_usize) {
                    let delivered = delivered(&stream, &decode_all(&stream.bytes, piece))?;
                    prop_assert_eq!(delivered.len(), stream.frames.len());
                }

                #[test]
                fn flipped_bits(
                    stream in $stream,
                    flips in prop::collection::vec((any::<Index>(), 0..8), 1..4),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    for (at, bit) in flips {
                        let at = at.index(line.len());
                        line[at] = (line[at].0 ^ (1_u8 << bit), None);
                    }
                    check(&stream, &line, piece)?;
                }

                #[test]
                fn dropped_bytes(
                    stream in $stream,
                    drops in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    for (start, extent) in drops {
                        if !line.is_empty() {
                            line.drain(range(line.len(), start, extent));
                        }
                    }
                    check(&stream, &line, piece)?;
                }

                #[test]
                fn inserted_bytes(
                    stream in $stream,
                    noise in prop::collection::vec(
                        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..80)),
                        1..4,
                    ),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    for (at, bytes) in noise {
                        let at = at.index(line.len() + 1);
                        line.splice(at..at, bytes.into_iter().map(|byte| (byte, None)));
                    }
                    check(&stream, &line, piece)?;
                }

                #[test]
                fn duplicated_bytes(
                    stream in $stream,
                    (start, extent, later) in any::<(Index, Index, Index)>(),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    let copied = range(line.len(), start, extent);
                    let at = copied.end + later.index(line.len() - copied.end + 1);
                    let copy = line[copied].to_vec();
                    line.splice(at..at, copy);
                    check(&stream, &line, piece)?;
                }

                #[test]
                fn repeated_whole_frames(
                    stream in $stream,
                    (frame, later) in any::<(Index, Index)>(),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    let from = frame.index(stream.places.len());
                    let behind = from + later.index(stream.places.len() - from);
                    let at = stream.places[behind].end;
                    let copy = line[stream.places[from].clone()].to_vec();
                    line.splice(at..at, copy);
                    check(&stream, &line, piece)?;
                }

                #[test]
                fn truncated(stream in $stream, end in any::<Index>(), piece in 1..400_usize) {
                    let mut line = traced(&stream);
                    line.truncate(end.index(stream.bytes.len()));
                    check(&stream, &line, piece)?;
                }

                /// The head of one frame joined to the tail of a later one, as when a buffer overflows.
                #[test]
                fn merged_frames(
                    stream in $stream,
                    (first, second, head, tail) in any::<(Index, Index, Index, Index)>(),
                    piece in 1..400_usize,
                ) {
                    let mut line = traced(&stream);
                    let first = first.index(stream.places.len());
                    let second = first + second.index(stream.places.len() - first);
                    let (head_place, tail_place) = (&stream.places[first], &stream.places[second]);
                    let head = head_place.start + head.index(head_place.len());
                    let tail = tail_place.start + tail.index(tail_place.len());
                    line.drain(head..tail.max(head));
                    check(&stream, &line, piece)?;
                }

                /// Delimiters lost, so that frames run together.
                #[test]
                fn lost_delimiters(
                    stream in $stream,
                    frames in prop::collection::vec(any::<Index>(), 1..4),
                    piece in 1..400_usize,
                ) {
                    let lost: Vec<usize> = frames
                        .iter()
                        .map(|frame| stream.places[frame.index(stream.places.len())].end - 1)
                        .collect();
                    let mut line = traced(&stream);
                    line.retain(|(_, origin)| origin.is_none_or(|origin| !lost.contains(&origin)));
                    check(&stream, &line, piece)?;
                }

                /// A sender that counts wrong: a frame with its checksum right and its payload too short or too
                /// long. Fields added at the end of kinds that may grow are skipped.
                #[test]
                fn bad_lengths(
                    stream in $stream,
                    frame in any::<Index>(),
                    cut in any::<Index>(),
                    more in prop::collection::vec(any::<u8>(), 1..60),
                    grow in any::<bool>(),
                    piece in 1..400_usize,
                ) {
                    let at = frame.index(stream.frames.len());
                    let place = stream.places[at].clone();
                    let mut raw = vec![0; place.len()];
                    let length = cobs::decode(&stream.bytes[place.clone()], &mut raw).expect("a frame");
                    raw.truncate(length.frame_size() - 4);
                    if grow {
                        raw.extend(more);
                    } else if raw.len() > 16 {
                        raw.truncate(16 + cut.index(raw.len() - 16));
                    }
                    let mut bytes = stream.bytes.clone();
                    bytes.splice(place, sealed(&raw));
                    let delivered = delivered(&stream, &decode_all(&bytes, piece))?;
                    let unharmed = match grow {
                        true => stream.frames[at].body.may_grow(),
                        false => raw.len() == 16 && length.frame_size() == 20,
                    };
                    let expected: Vec<u32> = (0..stream.frames.len() as u32)
                        .filter(|&sequence| unharmed || sequence != at as u32)
                        .collect();
                    prop_assert_eq!(delivered, expected);
                }
            }
        }
    };
}

damaged!(from_device, any_stream());
damaged!(from_host, any_command_stream());
