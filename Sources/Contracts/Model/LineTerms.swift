import Kernel

/// Where the clock of resolution stops.
package enum ResolutionStop: String, Sendable, CaseIterable {
  case resolved, closed
}

/// Why a ticket is judged under its line; stored with the ticket and its clocks. What the cases mean, and which wins, is
/// the table of ``LinePrecedence``.
package enum LineReason: String, Sendable, CaseIterable {
  case explicit
  case ci
  case person
  case personNewest = "person_newest"
  case unit
  case unitNewest = "unit_newest"
  case unitAbove = "unit_above"
  case unitAboveNewest = "unit_above_newest"
  case customer
  case customerNewest = "customer_newest"
  /// No line was in force: what a ticket stores that nothing is promised for.
  case noneInForce = "none_in_force"
}

/// How waits of a ticket bear on the clocks of its customer.
package struct WaitTerms: Hashable, Sendable {
  /// Whether waiting for a supplier stops them, as waiting for the customer does.
  package let supplierPauses: Bool
  /// Whether waiting for what is the provider's own does: a change, parts.
  package let providerPauses: Bool
  /// Open seconds after which a wait no longer stops a clock; nil: no limit.
  package let limitSeconds: Int64?
  /// The same for all waits of a clock together.
  package let totalSeconds: Int64?

  package init(supplierPauses: Bool = false, providerPauses: Bool = false, limitSeconds: Int64? = nil, totalSeconds: Int64? = nil) {
    self.supplierPauses = supplierPauses
    self.providerPauses = providerPauses
    self.limitSeconds = limitSeconds
    self.totalSeconds = totalSeconds
  }

  /// What holds where an SLA says nothing else.
  package static let usual = WaitTerms()
}

/// The contract line under which a ticket is judged, in the versions that were in force when it was chosen.
package struct LineTerms: Hashable, Sendable {
  package let contract: Int64
  package let line: Int64
  package let lineVersion: Int64
  package let sla: Int64
  package let slaVersion: Int64
  /// The zone in which the contract's days and months are counted.
  package let contractZone: String
  package let contractName: String
  package let lineName: String
  package let resolutionStopsAt: ResolutionStop
  package let waits: WaitTerms
  package private(set) var reason: LineReason

  package init(
    contract: Int64, line: Int64, lineVersion: Int64, sla: Int64, slaVersion: Int64, contractZone: String, contractName: String, lineName: String,
    resolutionStopsAt: ResolutionStop, reason: LineReason, waits: WaitTerms = .usual
  ) {
    self.contract = contract
    self.line = line
    self.lineVersion = lineVersion
    self.sla = sla
    self.slaVersion = slaVersion
    self.contractZone = contractZone
    self.contractName = contractName
    self.lineName = lineName
    self.resolutionStopsAt = resolutionStopsAt
    self.waits = waits
    self.reason = reason
  }

  /// The same line, chosen for another reason.
  package func with(_ reason: LineReason) -> LineTerms {
    var copy = self
    copy.reason = reason
    return copy
  }
}
