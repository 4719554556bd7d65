//! What a fuzzer's bytes are to the decoders of the wire. Used by the fuzz target here and by the
//! replay of the corpus among the shim's tests.

use ecg2mri_shim::wire::{
    Body, Command, Decoder, Event, Frame, Header, MAX_ENCODED_LEN, Payload, encode_frame,
};

/// Decodes `bytes` as what comes over a link, in pieces as long as the first byte says; then as the
/// contents of frames, with the checksums right, which chance would not find. Whatever is delivered
/// must be in order and encode to what decodes to the same. Returns how many frames were delivered.
pub fn decode(bytes: &[u8]) -> usize {
    let Some((&piece, rest)) = bytes.split_first() else {
        return 0;
    };
    let piece = usize::from(piece).max(1);
    let sealed = sealed(rest);
    [rest, &sealed]
        .into_iter()
        .map(|line| {
            follow::<Body>(Decoder::new(), line, piece)
                + follow::<Command>(Decoder::of_commands(), line, piece)
        })
        .sum()
}

/// The stretches between zeros as raw frames without their checksums: each stuffed and closed.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut line = Vec::new();
    for stretch in bytes.split(|&byte| byte == 0) {
        let mut raw = vec![0; stretch.len() + 1];
        let mut stuffed = stretch.to_vec();
        stuffed.push(0);
        let Ok(length) = cobs::decode(&stuffed, &mut raw) else {
            continue;
        };
        raw.truncate(length.frame_size().saturating_sub(4));
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&raw);
        raw.extend(sum.to_le_bytes());
        let start = line.len();
        line.resize(start + cobs::max_encoding_length(raw.len()), 0);
        let used = cobs::encode(&raw, &mut line[start..]);
        line.truncate(start + used);
        line.push(0);
    }
    line
}

fn follow<B: Payload + Clone + PartialEq + std::fmt::Debug>(
    mut decoder: Decoder<B>,
    line: &[u8],
    piece: usize,
) -> usize {
    let mut last: Option<Header> = None;
    let mut missing = 0;
    let mut delivered = 0;
    for piece in line.chunks(piece) {
        for event in decoder.push(piece) {
            match event {
                Event::Session { .. } => last = None,
                Event::Gap { missing_frames } => missing = missing_frames,
                Event::Frame(frame) => {
                    if let Some(last) = last {
                        let ahead = frame.header.sequence.wrapping_sub(last.sequence);
                        assert_eq!((frame.header.session, ahead), (last.session, missing + 1));
                    }
                    last = Some(frame.header);
                    missing = 0;
                    delivered += 1;
                    survives(&frame);
                }
                // It counts like a frame.
                Event::UnknownKind { header, .. } => (last, missing) = (Some(header), 0),
                _ => {}
            }
        }
    }
    delivered
}

/// What was delivered can be sent again, and means the same.
fn survives<B: Payload + Clone + PartialEq + std::fmt::Debug>(frame: &Frame<B>) {
    // Not the first of a session, so that its samples may begin anywhere.
    let mut frame = frame.clone();
    frame.header.sequence |= 1;
    let mut bytes = [0; MAX_ENCODED_LEN];
    let used = encode_frame(&frame, &mut bytes).expect("what was decoded can be encoded");
    let mut decoder = Decoder::<B>::default();
    let again = decoder.push(&bytes[..used]).find_map(|event| match event {
        Event::Frame(frame) => Some(frame),
        _ => None,
    });
    assert_eq!(again, Some(frame));
}
