import Foundation
import Kernel
import TestSupport

@testable import Importing

/// A log small enough to be read, and its profile.
enum SmallLog {
  static let header = "number,state,seq,updated,opened,resolved,closed,priority,impact,urgency,reopens,caller,site,made"

  /// Three incidents; the clock is Monday to Friday 09:00-17:00 in Berlin, 60 minutes for P1 and 480 for P2.
  static let rows = [
    // Monday 2026-02-02, resolved within the hour, closed on Friday.
    "INC1,New,0,2/2/2026 10:00,2/2/2026 10:00,2/2/2026 10:45,6/2/2026 12:00,P1,High,High,0,Ann,Berlin,true",
    "INC1,Resolved,1,2/2/2026 10:45,2/2/2026 10:00,2/2/2026 10:45,6/2/2026 12:00,P1,High,High,0,Ann,Berlin,true",
    "INC1,Closed,2,6/2/2026 12:00,2/2/2026 10:00,2/2/2026 10:45,6/2/2026 12:00,P1,High,High,0,Ann,Berlin,true",
    // Waits for the caller from 11:00 to 15:00, becomes P1 at 15:30, resolved at 16:15: 135 minutes without the pause.
    "INC2,Active,0,2/2/2026 10:00,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P2,High,Medium,0,Bob,Berlin,true",
    "INC2,Waiting,1,2/2/2026 11:00,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P2,High,Medium,0,Bob,Berlin,true",
    "INC2,Active,2,2/2/2026 15:00,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P2,High,Medium,0,Bob,Berlin,true",
    "INC2,Active,3,2/2/2026 15:30,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P1,High,High,0,Bob,Berlin,true",
    "INC2,Resolved,4,2/2/2026 16:15,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P1,High,High,0,Bob,Berlin,true",
    "INC2,Closed,5,2/2/2026 16:30,2/2/2026 10:00,2/2/2026 16:15,2/2/2026 16:30,P1,High,High,0,Bob,Berlin,false",
    // Over a weekend and still open.
    "INC3,New,0,6/2/2026 16:30,6/2/2026 16:30,?,?,P2,Low,High,0,Ann,?,true",
    "INC3,Active,1,9/2/2026 09:30,6/2/2026 16:30,?,?,P2,Low,High,0,Ann,?,true",
  ]

  static func text(_ rows: [String] = rows, newline: String = "\n") -> String { ([header] + rows).map { $0 + newline }.joined() }

  static let yaml = """
    format: servicenow-incident-log
    source: small
    file: {separator: ",", quoting: standard, missing: "?", dates: d/m/yyyy HH:MM, zone: Europe/Berlin}
    columns:
      number: number
      sequence: seq
      state: state
      updated_at: updated
      opened_at: opened
      resolved_at: resolved
      closed_at: closed
      priority: priority
      impact: impact
      urgency: urgency
      reopen_count: reopens
      requester: caller
      site: site
      title: [site, number]
      attributes: [caller]
      history: [state, priority]
    states: {New: new, Active: active, Waiting: {pending: awaiting_requester}, Resolved: resolved, Closed: closed}
    priorities: {P1: 1, P2: 2}
    impacts: {High: 1, Medium: 2, Low: 3}
    urgencies: {High: 1, Medium: 2, Low: 3}
    recorded_verdict: {column: made, met: "true", missed: "false"}
    customer: {code: SMALL, name: Small Ltd, zone: Europe/Berlin, language: en}
    contract: {name: Small contract, line: Desk, currency: EUR}
    sla: {name: Small SLA, resolution_stops_at: resolved, pauses: true, objective: 95, budget_minutes: {1: 60, 2: 480}}
    calendar:
      name: Small hours
      zone: Europe/Berlin
      week:
        mon: [["09:00", "17:00"]]
        tue: [["09:00", "17:00"]]
        wed: [["09:00", "17:00"]]
        thu: [["09:00", "17:00"]]
        fri: [["09:00", "17:00"]]
    """

  static func profile(_ change: (String) -> String = { $0 }) throws -> ImportProfile { try ImportProfile(yaml: change(yaml)) }

  /// Runs with a file of that content, which goes afterwards.
  static func withFile<Result>(_ content: String, name: String = "log.csv", _ body: (LogFile) async throws -> Result) async throws -> Result {
    try await withFile(Data(content.utf8), name: name, body)
  }

  static func withFile<Result>(_ content: Data, name: String = "log.csv", _ body: (LogFile) async throws -> Result) async throws -> Result {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let path = "\(folder)/\(name)"
    try content.write(to: URL(fileURLWithPath: path))
    return try await body(LogFile(path: path))
  }
}
