use std::fs::File;
use std::io;

use crate::imports;

/// So many bytes at most lie beside an object.
const MAX_METADATA_BYTES: usize = 64 << 10;

/// An object that is open to read, closed with this.
pub struct Object {
    file: File,
}

/// Part of an object and where it goes.
pub struct Range<'a> {
    pub offset_bytes: u64,
    pub into: &'a mut [u8],
}

impl Object {
    pub fn open(path: &str) -> io::Result<Object> {
        Ok(Object { file: File::open(path)? })
    }

    pub fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Reads from this byte on, straight into the buffer: one copy from the store's memory. Fewer
    /// bytes than asked for only at the object's end.
    pub fn read_at(&self, offset_bytes: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while got < into.len() {
            match imports::read_at(&self.file, offset_bytes + got as u64, &mut into[got..])? {
                0 => break,
                more => got += more,
            }
        }
        Ok(got)
    }

    /// Reads several parts (at most 1024) in one call, and says how many bytes that was in all; a
    /// part that passes the object's end is filled up to there.
    pub fn read_ranges(&self, ranges: &mut [Range<'_>]) -> io::Result<u64> {
        let raw: Vec<imports::RawRange> = ranges
            .iter_mut()
            .map(|range| imports::RawRange {
                offset_bytes: range.offset_bytes,
                into: range.into.as_mut_ptr(),
                size_bytes: range.into.len(),
            })
            .collect();
        // The ranges are exclusive references, so nobody else uses what they refer to.
        unsafe { imports::read_ranges(&self.file, &raw) }
    }

    /// The bytes that lie beside it; none when there are none. `Unsupported` where nothing can lie
    /// beside an object: outside of GEDS.
    pub fn metadata(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; MAX_METADATA_BYTES];
        let there = imports::metadata(&self.file, &mut bytes)?;
        bytes.truncate(there);
        Ok(bytes)
    }

    /// Leaves bytes (64 KiB at most) beside it, in place of those that are there.
    pub fn set_metadata(&self, bytes: &[u8]) -> io::Result<()> {
        imports::set_metadata(&self.file, bytes)
    }

    /// A part that will be read soon: the host fetches it meanwhile.
    pub fn prefetch(&self, offset_bytes: u64, size_bytes: u64) -> io::Result<()> {
        imports::will_need(&self.file, offset_bytes, size_bytes)
    }
}

/// All of an object.
pub fn get(path: &str) -> io::Result<Vec<u8>> {
    let object = Object::open(path)?;
    let size = usize::try_from(object.size_bytes()?)
        .map_err(|_| io::Error::new(io::ErrorKind::OutOfMemory, "larger than memory"))?;
    let mut bytes = vec![0; size];
    let got = object.read_at(0, &mut bytes)?;
    bytes.truncate(got);
    Ok(bytes)
}
