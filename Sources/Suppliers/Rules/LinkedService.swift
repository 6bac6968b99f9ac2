import Kernel
import ServiceTime

/// A supplier's service that a contract line rests on, with its outages.
package struct LinkedService: Sendable {
  package struct KnownOutage: Sendable {
    package let publicId: [UInt8]
    package let version: Int64
    package let outage: Outage

    package init(publicId: [UInt8], version: Int64, outage: Outage) {
      self.publicId = publicId
      self.version = version
      self.outage = outage
    }
  }

  package let service: String
  package let region: String
  package let instance: String
  package let isBackup: Bool
  package let weight: Int64
  /// While it is linked.
  package let span: TimeSpan
  package let outages: [KnownOutage]

  package init(service: String, region: String, instance: String, isBackup: Bool, weight: Int64, span: TimeSpan, outages: [KnownOutage]) {
    self.service = service
    self.region = region
    self.instance = instance
    self.isBackup = isBackup
    self.weight = weight
    self.span = span
    self.outages = outages
  }
}

extension AvailabilityRule {
  /// The down time of services that stand for one thing: it is down while any of them is, and while all back-ups are as well.
  /// A service counts while it is linked.
  package func down(_ provided: [LinkedService], backups: [LinkedService], in period: TimeSpan) -> TimeSpans {
    let always = TimeSpans([TimeSpan(Instant(microseconds: .min), Instant(microseconds: .max))])
    let excuse = backups.map { link in
      let linked = TimeSpans([link.span])
      return down(link.outages.map(\.outage), in: period).intersection(linked).union(always.subtracting(linked))
    }.reduce(always) { $0.intersection($1) }
    let united = provided.map { down($0.outages.map(\.outage), in: period).intersection(TimeSpans([$0.span])) }.reduce(TimeSpans()) { $0.union($1) }
    return measure(down: united.intersection(excuse), in: period).down
  }

  /// The outages of a service in a period that are bad enough, and its maintenance unless that is ignored, each with the part
  /// of it that falls into the period while the service is linked.
  package func counted(_ link: LinkedService, in period: TimeSpan) -> [(known: LinkedService.KnownOutage, part: TimeSpan)] {
    link.outages.compactMap { known in
      guard known.outage.severity >= countsFrom || (known.outage.severity == .maintenance && maintenance != .ignored) else { return nil }
      return TimeSpans([known.outage.span]).clipped(to: period).intersection(TimeSpans([link.span])).spans.first.map { (known, $0) }
    }
  }
}
