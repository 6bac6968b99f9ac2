import Kernel
import ServiceTime

/// What a source says of an outage. Two reports with the same service, source and key are of the same outage.
struct OutageReport: Hashable, Sendable {
  let service: Int64
  let key: String
  let severity: OutageSeverity
  let startsAt: Instant
  let endsAt: Instant?
  let announcedAt: Instant?
  let title: String?
}

/// What an import of reports does to the outages that there are: the same reports again do nothing.
struct OutagePlan: Sendable {
  struct Known: Sendable {
    let id: Int64
    let version: Int64
    /// Whether it was changed by hand since.
    let isCorrected: Bool
    let report: OutageReport
  }

  private(set) var new: [OutageReport] = []
  private(set) var changed: [(known: Known, report: OutageReport)] = []
  private(set) var unchanged = 0
  /// Told differently, and left as they were corrected by hand.
  private(set) var kept = 0

  private struct Identity: Hashable {
    let service: Int64
    let key: String

    init(_ report: OutageReport) {
      service = report.service
      key = report.key
    }
  }

  /// - Parameter reports: without two of one outage; see ``duplicates(in:)``.
  init(reports: [OutageReport], known: [Known]) {
    let byIdentity = Dictionary(known.map { (Identity($0.report), $0) }) { first, _ in first }
    for report in reports {
      if let found = byIdentity[Identity(report)] {
        if found.report == report {
          unchanged += 1
        } else if found.isCorrected {
          kept += 1
        } else {
          changed.append((found, report))
        }
      } else {
        new.append(report)
      }
    }
  }

  /// The places of reports of an outage that an earlier one was of already.
  static func duplicates(in reports: [OutageReport]) -> [Int] {
    var seen: Set<Identity> = []
    return reports.indices.filter { !seen.insert(Identity(reports[$0])).inserted }
  }
}
