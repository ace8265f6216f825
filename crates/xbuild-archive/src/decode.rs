//! Compressed streams: one reader for each format, each with the checks of its checksums and a bound on its memory.
//!
//! Several streams one after another are one file, as the formats say and parallel compressors write.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::FrameDecoder;

use crate::Container;

/// The largest dictionary or window that is set up: `xz -9` and `zstd --ultra -22 --long` need no more.
const MOST_MEMORY: u64 = 128 << 20;

/// The unpacked bytes of a compressed stream; `None` for what is none.
pub(crate) fn decoded<'a>(container: Container, packed: impl Read + 'a) -> Option<Box<dyn Read + 'a>> {
    let packed = BufReader::with_capacity(64 << 10, packed);
    Some(match container {
        Container::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Container::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
        Container::Xz => Box::new(XzReader::new_mem_limit(packed, true, (MOST_MEMORY >> 10) as u32)),
        Container::Zstd => Box::new(Zstd::new(packed)),
        Container::Tar | Container::Zip | Container::Deb | Container::Closed(_) => return None,
    })
}

/// Frames of Zstandard, one after another.
struct Zstd<R> {
    packed: R,
    decoder: FrameDecoder,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Between,
    Inside,
    Ended,
}

impl<R: BufRead> Zstd<R> {
    fn new(packed: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_MEMORY);
        Self { packed, decoder, state: State::Between }
    }

    /// Sets up the next frame; skippable ones are passed over.
    fn begin(&mut self) -> io::Result<()> {
        if self.packed.fill_buf()?.is_empty() {
            self.state = State::Ended;
            return Ok(());
        }
        let mut magic = [0; 4];
        self.packed.read_exact(&mut magic)?;
        if (0x184d_2a50..=0x184d_2a5f).contains(&u32::from_le_bytes(magic)) {
            let mut length = [0; 4];
            self.packed.read_exact(&mut length)?;
            return skip(&mut self.packed, u64::from(u32::from_le_bytes(length)));
        }
        self.decoder.reset((&magic[..]).chain(&mut self.packed)).map_err(io::Error::other)?;
        self.state = State::Inside;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let stated = self.decoder.get_checksum_from_data();
        if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(ErrorKind::InvalidData, "the checksum of a frame is wrong"));
        }
        self.state = State::Between;
        Ok(())
    }
}

fn skip(packed: &mut impl Read, length: u64) -> io::Result<()> {
    let skipped = io::copy(&mut packed.take(length), &mut io::sink())?;
    if skipped == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.state != State::Ended && !buffer.is_empty() {
            match self.state {
                State::Between => self.begin()?,
                _ if self.decoder.is_finished() && self.decoder.can_collect() == 0 => self.end()?,
                _ => {
                    let wanted = ruzstd::decoding::BlockDecodingStrategy::UptoBytes(buffer.len());
                    if !self.decoder.is_finished() && self.decoder.can_collect() == 0 {
                        self.decoder.decode_blocks(&mut self.packed, wanted).map_err(io::Error::other)?;
                    }
                    let count = self.decoder.read(buffer)?;
                    if count > 0 {
                        return Ok(count);
                    }
                }
            }
        }
        Ok(0)
    }
}
