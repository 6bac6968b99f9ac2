import Contracts
import Kernel

/// The places of a chain at an instant: teams by tier, then each supplier with those that stand in for it.
struct ChainPlaces {
  private let tiers: [[ChainLink]]
  private let providers: [ChainLink]
  private let backups: [ChainLink]
  /// What belonged to the chain, and does no more, although nothing took its place.
  private let gone: [ChainLink]
  private let supplierMetrics: Set<String>

  init(_ chain: ChainCase, at instant: Instant) {
    let version = chain.versions.last { $0.validFrom <= instant }
    tiers = (version?.tiers ?? []).map { $0.filter { $0.belongs(at: instant) } }.filter { !$0.isEmpty }
    providers = chain.providers.filter { $0.belongs(at: instant) }
    backups = chain.backups.filter { $0.belongs(at: instant) }
    gone = chain.providers.filter { link in
      link.needsSuccessor && link.until.map { $0 <= instant } ?? false && !chain.providers.contains { $0.succeeds(link, at: instant) }
    }
    // Where no team stands before them, they are all there is.
    supplierMetrics = tiers.isEmpty ? ClockMetric.all : version?.supplierMetrics ?? []
  }

  var isEmpty: Bool { tiers.isEmpty && providers.isEmpty && gone.isEmpty }

  /// Who is missing of the suppliers that a promise in time needs. The rest of the chain is looked at all the same.
  func gone(for promise: Promise, at instant: Instant) -> [Gap] {
    supplierMetrics.contains(promise.metric) ? gone.map { .gone(promise, $0, at: instant) } : []
  }

  /// The places that a promise in time needs, and the gaps where one has nobody who agreed to anything.
  func stages(for promise: Promise, at instant: Instant) -> (stages: [ChainStage], lacking: [Gap]) {
    var stages: [ChainStage] = []
    var lacking: [Gap] = []
    func add(_ links: [ChainLink]) {
      var lacks: [(ChainParty, Lack)] = []
      var parties: [(party: ChainParty, agreement: Agreement)] = []
      for link in links {
        switch link.terms.agreement(for: promise, at: instant) {
        case .success(let agreement): parties.append((link.party, agreement))
        case .failure(let error): lacks.append((link.party, error.lack))
        }
      }
      if !parties.isEmpty {
        stages.append(ChainStage(parties: parties))
      } else if let (party, lack) = lacks.first {
        lacking.append(.lacking(promise, party, lack, at: instant))
      }
    }
    for tier in tiers {
      let needed = tier.filter { $0.metrics.contains(promise.metric) }
      if !needed.isEmpty { add(needed) }
    }
    if supplierMetrics.contains(promise.metric) {
      for provider in providers { add([provider] + backups) }
    }
    if stages.isEmpty, lacking.isEmpty, gone(for: promise, at: instant).isEmpty {
      lacking.append(Gap(kind: .unlinked, promises: [promise.label], parties: [], from: instant, detail: .none))
    }
    return (stages, lacking)
  }

  /// What is agreed of what a promise measures, and who agreed to nothing or to nothing any more. Of availability every supplier has
  /// its share; whatever else is measured is the work of teams, and of those whose OLA says so: one is enough.
  func shares(for promise: Promise, at instant: Instant) -> (shares: [(party: ChainParty, share: PeriodShare)], lacking: [Gap]) {
    let teams = tiers.flatMap(\.self)
    let isOfTeams = !promise.isAvailability && !teams.isEmpty
    var shares: [(party: ChainParty, share: PeriodShare)] = []
    var lacking = isOfTeams ? [] : gone.map { Gap.gone(promise, $0, at: instant) }
    for link in isOfTeams ? teams : providers {
      switch link.terms.share(for: promise, at: instant) {
      case .success(let share): shares.append((link.party, share))
      case .failure(let error): lacking.append(.lacking(promise, link.party, error.lack, at: instant))
      }
    }
    if isOfTeams { lacking = shares.isEmpty ? Array(lacking.prefix(1)) : [] }
    if shares.isEmpty, lacking.isEmpty {
      lacking.append(Gap(kind: .unlinked, promises: [promise.label], parties: [], from: instant, detail: .none))
    }
    return (shares, lacking)
  }
}

extension Promise {
  var isAvailability: Bool { label.isAvailability }
}

extension PromiseLabel {
  var isAvailability: Bool { metric == ServiceMeasure.availability.code }
}

extension Gap {
  fileprivate static func lacking(_ promise: Promise, _ party: ChainParty, _ lack: Lack, at instant: Instant) -> Gap {
    let kind: Kind =
      switch lack {
      case .agreement: .agreement
      case .target, .hours: .target
      case .ended, .notInForce, .gone: .term
      case .severity: .objective
      }
    return Gap(kind: kind, promises: [promise.label], parties: [party], from: instant, detail: .lack(lack))
  }

  fileprivate static func gone(_ promise: Promise, _ link: ChainLink, at instant: Instant) -> Gap {
    Gap(kind: .term, promises: [promise.label], parties: [link.party], from: instant, detail: .lack(.gone(link.until ?? instant)))
  }
}

/// Gaps as people read them: what is missing in the same way for several promises is one gap.
enum GapMerge {
  /// More than anybody reads; what is behind is of the same kinds.
  static let most = 200

  static func merged(_ gaps: [Gap]) -> [Gap] {
    var places: [Key: Int] = [:]
    var merged: [Gap] = []
    for gap in gaps.sorted(by: { $0.from < $1.from }) {
      let key = Key(kind: gap.kind, parties: gap.parties, detail: gap.detail)
      if let place = places[key] {
        merged[place].promises = Set(merged[place].promises + gap.promises).sorted()
      } else {
        places[key] = merged.count
        merged.append(gap)
      }
    }
    let order = Dictionary(uniqueKeysWithValues: Gap.Kind.allCases.enumerated().map { ($1, $0) })
    let sorted = merged.sorted {
      (order[$0.kind] ?? 0, $0.from, $0.promises.first ?? .nothing) < (order[$1.kind] ?? 0, $1.from, $1.promises.first ?? .nothing)
    }
    return Array(sorted.prefix(most))
  }

  private struct Key: Hashable {
    let kind: Gap.Kind
    let parties: [ChainParty]
    let detail: Gap.Detail
  }
}

extension PromiseLabel {
  fileprivate static let nothing = PromiseLabel(metric: "", priority: nil)
}
