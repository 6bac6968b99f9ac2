import Kernel

/// The lists of outages that are known, told by the columns of their first line.
enum OutageFormat: String, Sendable, CaseIterable {
  /// Our own: `service,severity,from,to`, and if wanted `region,instance,key,announced,title`.
  case intervals
  /// Intervals of GitHub's components.
  case githubComponents = "github-components"
  /// The points at which GitHub's components changed their status; an interval lasts until the next one.
  case githubStatus = "github-status"
  /// Google Cloud's incidents.
  case googleCloud = "google-cloud"

  /// The columns by which it is known, all of which must be there.
  var columns: [String] {
    switch self {
    case .intervals: ["service", "severity", "from", "to"]
    case .githubComponents: ["component", "status", "from_utc", "to_utc"]
    case .githubStatus: ["component_id", "component", "status", "status_updated_at"]
    case .googleCloud: ["id", "number", "service_name", "begin", "end", "severity", "external_desc"]
    }
  }

  /// Throws when no format has these columns.
  init(columns found: [String]) throws(Failure) {
    if let format = Self.allCases.first(where: { $0.columns.allSatisfy(found.contains) }) {
      self = format
    } else if ["last_status", "started_at", "resolved_at"].allSatisfy(found.contains) {
      throw Failure(.invalid, ImportingMessages.incidentsWithoutEnd)
    } else {
      throw Failure(.invalid, ImportingMessages.unknownOutageFile, ["columns": String(found.joined(separator: ", ").prefix(300))])
    }
  }

  /// What a word of the file means; nil for a status that is none (`operational`).
  enum Meaning: Equatable { case operational, severity(String), unknown }

  func meaning(_ word: String) -> Meaning {
    switch (self, word) {
    case (.intervals, "maintenance"), (.intervals, "degraded"), (.intervals, "partial"), (.intervals, "major"): .severity(word)
    case (.githubComponents, "operational"), (.githubStatus, "operational"): .operational
    case (.githubComponents, "under_maintenance"), (.githubStatus, "under_maintenance"): .severity("maintenance")
    case (.githubComponents, "degraded_performance"), (.githubStatus, "degraded_performance"): .severity("degraded")
    case (.githubComponents, "partial_outage"), (.githubStatus, "partial_outage"): .severity("partial")
    case (.githubComponents, "major_outage"), (.githubStatus, "major_outage"): .severity("major")
    // SERVICE_INFORMATION, SERVICE_DISRUPTION, SERVICE_OUTAGE.
    case (.googleCloud, "low"): .severity("degraded")
    case (.googleCloud, "medium"): .severity("partial")
    case (.googleCloud, "high"): .severity("major")
    default: .unknown
    }
  }
}

/// An outage as a file tells it.
struct OutageLine: Sendable, Equatable {
  let line: Int64
  let service: String
  var region: String?
  var instance: String?
  /// Nil: the instant at which it begins.
  var key: String?
  let severity: String
  let startsAt: Instant
  let endsAt: Instant?
  var announcedAt: Instant?
  var title: String?

  /// As `outage.import` takes it.
  var value: Value {
    let members: [(String, Value)] = [
      ("service", .text(service)), ("region", .text(region)), ("instance", .text(instance)), ("key", .text(key)), ("severity", .text(severity)),
      ("startsAt", .instant(startsAt)), ("endsAt", .instant(endsAt)), ("announcedAt", .instant(announcedAt)), ("title", .text(title)),
    ]
    return .object(members.filter { !$0.1.isNull }.map { Value.Member($0.0, $0.1) })
  }
}
