use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use crate::imports;

/// What happened to an object. Names are relative to the folder that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Sealed(String),
    Deleted(String),
    /// Events were lost: list again.
    Missed,
}

/// What happens to the objects below a folder, from [`watch`] on.
pub struct Watch {
    lines: File,
    line: Vec<u8>,
}

/// Follows what happens to the objects below a folder from now on.
/// `patience`: how long [`Watch::next_event`] waits, at most 10 s.
pub fn watch(folder: &str, patience: Duration) -> io::Result<Watch> {
    let patience_ms = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    let lines = imports::watch(&File::open(folder)?, patience_ms)?;
    Ok(Watch { lines, line: Vec::new() })
}

impl Watch {
    /// The next event; nothing when none came within the patience.
    pub fn next_event(&mut self) -> io::Result<Option<Event>> {
        let mut piece = [0; 256];
        while self.line.last() != Some(&b'\n') {
            match self.lines.read(&mut piece) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.line.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim_end().to_owned();
        Ok(Some(match line.split_once(' ') {
            Some(("sealed", name)) => Event::Sealed(name.to_owned()),
            Some(("deleted", name)) => Event::Deleted(name.to_owned()),
            _ => Event::Missed,
        }))
    }
}
