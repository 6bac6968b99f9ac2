import Foundation
import Kernel

/// The part of a log that is one contract's: all of it, or the tickets of one customer at one level of service.
struct LogPart: Sendable {
  let serviceLevel: String?
  let profile: ImportProfile
  let read: LogReader.Result
  let firstOpenedAt: Instant

  /// By customer, then by level of service. What could not be read, and what is odd, is told of the log as a whole.
  static func parts(of read: LogReader.Result, _ profile: ImportProfile) throws(Failure) -> [LogPart] {
    guard profile.hasManyContracts else { return [LogPart(serviceLevel: nil, profile: profile, read: read)] }
    let log = read.log
    func text(_ index: TextPool.Index) -> String? { index == IncidentLog.missing ? nil : log.pool[index] }
    let groups = Dictionary(grouping: log.incidents.indices) { Group(customer: log.incidents[$0].customer, level: log.incidents[$0].serviceLevel) }
    let parts = groups.map { group, indices in
      let level = text(group.level)
      return LogPart(
        serviceLevel: level, profile: profile.naming(customer: text(group.customer), serviceLevel: level), read: read.only(indices))
    }
    let codes = Dictionary(grouping: Set(groups.keys.map(\.customer))) { profile.naming(customer: text($0), serviceLevel: nil).customer.code }
    let bad = codes.filter { $0.value.count > 1 || $0.key.wholeMatch(of: /[A-Z][A-Z0-9]{1,15}/) == nil }.keys.sorted()
    guard bad.isEmpty else {
      throw Failure(.invalid, ImportingMessages.badCustomerCodes, ["codes": bad.prefix(10).joined(separator: ", ")])
    }
    return parts.sorted { ($0.profile.customer.code, $0.serviceLevel ?? "") < ($1.profile.customer.code, $1.serviceLevel ?? "") }
  }

  private struct Group: Hashable {
    let customer: TextPool.Index
    let level: TextPool.Index
  }

  private init(serviceLevel: String?, profile: ImportProfile, read: LogReader.Result) {
    self.serviceLevel = serviceLevel
    self.profile = profile
    self.read = read
    firstOpenedAt = read.log.incidents.map(\.openedAt).min() ?? Instant(seconds: 0)
  }
}

extension LogReader.Result {
  /// Only these incidents.
  fileprivate func only(_ indices: [Int]) -> LogReader.Result {
    let part = log.only(indices)
    return LogReader.Result(
      log: part, rows: part.incidents.reduce(0) { $0 + Int64($1.rows.count) }, unreadable: [], leftOut: [], anomalies: [:], fileHash: fileHash)
  }
}
