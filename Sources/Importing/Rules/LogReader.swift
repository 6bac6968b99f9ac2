import Kernel

/// Reads a log whole: file, records, incidents. Nothing here knows of a database.
package struct LogReader: Sendable {
  package let profile: ImportProfile

  package init(profile: ImportProfile) {
    self.profile = profile
  }

  package struct Result: Sendable {
    package let log: IncidentLog
    /// Rows of the file, without the header, those that cannot be read included.
    package let rows: Int64
    package let unreadable: [UnreadableRow]
    /// The incidents that an unreadable row keeps out, by their numbers in the log.
    package let leftOut: [String]
    package let anomalies: [Anomaly: Anomaly.Count]
    package let fileHash: [UInt8]
  }

  package func read(_ file: LogFile, progress: (LogFile.Progress) -> Void = { _ in }) async throws -> Result {
    var parser = LogParser(profile: profile)
    var records = CSVReader(separator: profile.file.separator, quoting: profile.file.quoting)
    let hash = try await file.read { chunk, position in
      try records.feed(chunk) { try parser.take($0) }
      progress(position)
    }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return Result(
      log: parser.log, rows: parser.rowCount, unreadable: parser.unreadable, leftOut: parser.leftOutNumbers, anomalies: parser.anomalies, fileHash: hash)
  }
}
