import Desk
import Events
import Kernel
import Operations
import Postgres
import Tenancy

/// What is looked up once for all events of a transaction.
struct Known: Sendable {
  var comments: [[UInt8]: String] = [:]
  var actors: [Int64: (name: String, tenant: TenantId, person: Int64?)] = [:]
  private var watchers: [Int64: [(person: Int64?, account: Int64?)]] = [:]
  /// Of problems, changes, releases and major incidents, members of the staff.
  private var processWatchers: [OfferSubject: [Int64]] = [:]
  /// Of each ticket, those that went into it.
  private var wentInto: [Int64: [TicketsGoneInto.Found]] = [:]
  /// Of each subject, and customer, those who may be told of it.
  private var staff: [Place: [Int64: Receiver]] = [:]
  private let tenant: TenantId
  private let provider: TenantId
  private var people: [Int64: Receiver] = [:]
  private var inCharge: [Int64] = []
  /// Who answers for incidents that nobody has taken.
  private let standIn: Int64?
  /// By the customers of a major incident, who answers for them.
  private var inChargeOfMajors: [Set<TenantId>: [Int64]] = [:]
  private let approvers: Approvers
  /// Of the teams that rules mean, the members who may work on it.
  private var teamMembers: [TeamPlace: [Int64]] = [:]
  /// Who may say whose events are.
  private var sorters: [Int64] = []

  private struct TeamPlace: Hashable {
    let place: Place
    let team: [UInt8]
  }

  private struct Place: Hashable {
    let subject: NotificationEvent.Subject
    /// Of whom he must serve one; nil: any.
    let customers: Set<TenantId>?
  }

  init(_ causes: [Cause], _ telling: Telling, in transaction: Transaction) async throws {
    tenant = telling.tenant
    provider = telling.provider.id
    let tickets = Array(Set(causes.compactMap(\.ticket?.id)))
    let comments = causes.compactMap(\.comment)
    let (foundWatchers, foundComments, foundActors) = try await transaction.query(
      WatchersOfTickets(tenant: telling.tenant, tickets: tickets), ToldComments(tenant: telling.tenant, publicIds: comments),
      ToldActors(tenants: Set([telling.tenant, telling.provider.id]).sorted(), ids: Array(Set(causes.map(\.actor)))))
    self.comments = Dictionary(foundComments.map { ($0.publicId, $0.body) }) { first, _ in first }
    actors = Dictionary(foundActors.map { ($0.id, (name: $0.name, tenant: $0.tenant, person: $0.person)) }) { first, _ in first }
    let reaching = Set(causes.filter(\.reachesMerged).compactMap(\.ticket?.id)).sorted()
    let foundGone = try await reaching.isEmpty ? [] : transaction.query(TicketsGoneInto(tenant: telling.tenant, tickets: reaching))
    for one in foundGone { wentInto[one.survivor, default: []].append(one) }
    var watching = foundWatchers
    if !foundGone.isEmpty {
      let gone = Set(foundGone.map(\.ticket.id)).subtracting(tickets).sorted()
      let more = try await transaction.query(WatchersOfTickets(tenant: telling.tenant, tickets: gone))
      watching += more
    }
    for watcher in watching { watchers[watcher.ticket, default: []].append((watcher.person, watcher.account)) }
    let watched = Set(causes.compactMap { $0.matter?.watched })
    let ofProcesses = WatchersOfProcesses(provider: telling.provider.id, subjects: Array(watched))
    let foundOfProcesses = try await watched.isEmpty ? [] : transaction.query(ofProcesses)
    for one in foundOfProcesses { if let subject = one.subject { processWatchers[subject, default: []].append(one.account) } }
    let named = telling.book.rules.flatMap { $0.rule.staff.map(\.id) }
    approvers = try await Approvers(causes, telling, in: transaction)
    standIn = try await causes.contains(where: \.isUntaken) ? transaction.first(IncidentStandIn()) : nil
    try await addTeams(of: causes.filter { telling.isFor(.team, $0) }, telling, in: transaction)
    if causes.contains(where: { telling.isFor(.sorters, $0) }) {
      sorters = try await transaction.query(StaffForAll(provider: telling.provider.id, permission: TriageNews.permission, now: telling.now))
    }
    let ofMatters: [Int64] = causes.flatMap { cause in (cause.matter?.people ?? []) + (cause.matter?.watchingPeople ?? []) }
    let owning: [Int64] = causes.compactMap { $0.matter?.owningPerson }
    let ofTickets: [Int64] = causes.compactMap(\.ticket?.requester) + watching.compactMap(\.person) + foundGone.compactMap(\.ticket.requester)
    let personIds = Set(ofTickets + ofMatters + owning + approvers.people)
    let publicIds = causes.compactMap(\.offeredTo) + causes.flatMap(\.escalatedTo) + causes.compactMap { $0.named?.staff }
    let leads: [[UInt8]] = causes.flatMap(\.leads)
    let submitters: [Int64] = causes.compactMap { $0.matter?.submittingStaff }
    let offered: [Int64] = causes.flatMap { cause in [cause.matter?.offeredTo, cause.matter?.offerer].compactMap { $0 } }
    let ofCustomers: [Int64] = foundWatchers.compactMap(\.account) + causes.flatMap { $0.matter?.watchingStaff ?? [] }
    let watchingStaff: [Int64] = ofCustomers + foundOfProcesses.map(\.account)
    let ofTeams: [Int64] = teamMembers.values.flatMap { $0 }
    let concerned: [Int64] = named + causes.flatMap(\.inCharge) + watchingStaff + ofTeams
    let byRule: [Int64] = (standIn.map { [$0] } ?? []) + sorters
    try await addStaff(Set(concerned + submitters + offered + approvers.staff + byRule), publicIds + leads, of: causes, telling, in: transaction)
    // Nobody who may be told answers for it, or nobody whom an escalation names: then it concerns whoever answers for the customer, as does what
    // rules say concerns them.
    let concerning = causes.filter { isNobodys($0) || $0.mustBeHeard || telling.isFor(.accountManagers, $0) }
    if !concerning.isEmpty {
      inCharge = try await transaction.query(StaffInCharge(provider: telling.provider.id, customers: [telling.tenant], now: telling.now))
      try await addStaff(Set(inCharge), [], of: concerning, telling, in: transaction)
    }
    // Of each by itself: the account manager of another one's customer is nobody's of this.
    let majors = causes.filter { !($0.matter?.customersOfMajor ?? []).isEmpty && telling.isFor(.accountManagers, $0) }
    for customers in Set(majors.map { $0.matter?.customersOfMajor ?? [] }) {
      let found = StaffInCharge(provider: telling.provider.id, customers: customers.sorted(), now: telling.now)
      inChargeOfMajors[customers] = try await transaction.query(found)
    }
    if !majors.isEmpty { try await addStaff(Set(inChargeOfMajors.values.flatMap { $0 }), [], of: majors, telling, in: transaction) }
    guard !personIds.isEmpty else { return }
    let foundPeople = try await transaction.query(PeopleToTell(tenant: telling.tenant, ids: personIds.sorted()))
    for receiver in foundPeople { if case .person(let id) = receiver.who { people[id] = receiver } }
  }

  /// A new one is not, nor one that somebody lost, where somebody answers for it by the rule.
  private func isNobodys(_ cause: Cause) -> Bool {
    let known = staff[place(of: cause)] ?? [:]
    if cause.event == .opened || cause.event == .ownerChanged, cause.isUntaken, let standIn, known[standIn] != nil { return false }
    return cause.isNobodys(among: known)
  }

  /// Of these those who may be told, for each subject of the causes.
  private mutating func addStaff(
    _ ids: Set<Int64>, _ publicIds: [[UInt8]], of causes: [Cause], _ telling: Telling, in transaction: Transaction
  ) async throws {
    let places = Set(causes.flatMap { [place(of: $0), watchingPlace(of: $0)] })
    for place in places {
      let found = try await transaction.query(
        StaffToTell(
          provider: telling.provider.id, ids: ids.sorted(), publicIds: publicIds, permissions: [place.subject.permission],
          customers: place.customers.map { $0.map(\.rawValue).sorted() }, now: telling.now))
      for receiver in found { if case .staff(let id) = receiver.who { staff[place, default: [:]][id] = receiver } }
    }
  }

  /// The members of the causes' teams who may work on it.
  private mutating func addTeams(of causes: [Cause], _ telling: Telling, in transaction: Transaction) async throws {
    var teams: [Place: Set<[UInt8]>] = [:]
    for cause in causes { if let team = cause.team { teams[teamPlace(of: cause), default: []].insert(team) } }
    for (place, teams) in teams {
      guard let permission = place.subject.permissionOfTeam else { continue }
      let found = try await transaction.query(
        TeamMembersToTell(
          provider: telling.provider.id, teams: Array(teams), permission: permission, customers: (place.customers ?? []).map(\.rawValue).sorted(),
          now: telling.now))
      for member in found { teamMembers[TeamPlace(place: place, team: member.team), default: []].append(member.account) }
    }
  }

  private func members(of cause: Cause) -> [Int64] {
    cause.team.flatMap { teamMembers[TeamPlace(place: teamPlace(of: cause), team: $0)] } ?? []
  }

  /// Of what is the provider's the matter itself says whom it concerns, if it is not for all.
  private func place(of cause: Cause) -> Place { place(of: cause.event.subject, concerning: cause.matter?.concerned(provider)) }

  /// Who only watches it must see it by himself.
  private func watchingPlace(of cause: Cause) -> Place { place(of: cause.event.subject, concerning: cause.matter?.concernedToWatch(provider)) }

  /// Who works in a team must serve all of whom it is.
  private func teamPlace(of cause: Cause) -> Place { place(of: cause.event.subject, concerning: cause.matter?.concernedOfTeam(provider)) }

  private func place(of subject: NotificationEvent.Subject, concerning customers: Set<TenantId>?) -> Place {
    Place(subject: subject, customers: customers ?? (tenant == provider && subject.mayBeOfProvider ? nil : [tenant]))
  }

  /// The account managers of those whom it concerns.
  private func accountManagers(for cause: Cause) -> [Int64] {
    let customers = cause.matter?.customersOfMajor ?? []
    return customers.isEmpty ? inCharge : inChargeOfMajors[customers] ?? []
  }

  /// Whether the customer's people did it, or a programme of theirs.
  func isOfCustomer(_ cause: Cause) -> Bool {
    cause.actorKind == Actor.Kind.customer.rawValue || tenant != provider && actors[cause.actor]?.tenant == tenant
  }

  /// The tickets for which this one spoke when it happened.
  private func gone(into cause: Cause) -> [ToldTicket] {
    guard cause.reachesMerged, !(cause.event == .answered && isOfCustomer(cause)), let ticket = cause.ticket else { return [] }
    return wentInto[ticket.id, default: []].filter { found in found.since.map { $0 <= cause.toldAt } ?? true }.map(\.ticket)
  }

  /// The ticket, his own or one that he watches, about which somebody is told who has nothing to do with the one that it went into and that it happened
  /// to. Of several the first, so that he is told once.
  func goneTicket(of receiver: Receiver, _ cause: Cause) -> ToldTicket? {
    guard case .person(let person) = receiver.who, let ticket = cause.ticket, person != ticket.requester else { return nil }
    let merged = gone(into: cause)
    if let own = merged.first(where: { $0.requester == person }) { return own }
    return watches(person, ticket) ? nil : merged.first { watches(person, $0) }
  }

  private func watches(_ person: Int64, _ ticket: ToldTicket) -> Bool { watchers[ticket.id, default: []].contains { $0.person == person } }

  /// Those who watch a problem, a change, a release or a major incident, and see it still.
  private func watchingProcess(of cause: Cause) -> [Int64] {
    guard let subject = cause.matter?.watched else { return [] }
    let seeing = staff[watchingPlace(of: cause)] ?? [:]
    return processWatchers[subject, default: []].filter { seeing[$0] != nil }
  }

  /// Of whom a receiver must serve one when it is sent: who has nothing to do with it but that he watches it, or is of the team, sees it by himself then,
  /// too.
  func concerned(by cause: Cause, _ receiver: Receiver) -> Set<TenantId>? {
    guard let matter = cause.matter else { return nil }
    guard case .staff(let id) = receiver.who, cause.owner != id, matter.submittingStaff != id, matter.offerer != id else {
      return matter.concerned(provider)
    }
    if let subject = matter.watched, processWatchers[subject, default: []].contains(id) { return matter.concernedToWatch(provider) }
    return members(of: cause).contains(id) ? matter.concernedOfTeam(provider) : matter.concerned(provider)
  }

  /// Whom a rule means. Nobody is told what he did himself, and of the provider's own affairs no customer's people.
  func receivers(of cause: Cause, _ rule: NotificationRule) -> [Receiver] {
    var found: [Receiver.Who: Receiver] = [:]
    let staff = staff[place(of: cause)] ?? [:]
    func addStaff(_ id: Int64?) {
      guard let id, let receiver = staff[id], !(cause.actorKind == Actor.Kind.staff.rawValue && cause.actor == id) else { return }
      found[receiver.who] = receiver
    }
    func addPerson(_ id: Int64?) {
      guard cause.event.isForCustomers, let id, let receiver = people[id],
        !(cause.actorKind == Actor.Kind.customer.rawValue && actors[cause.actor]?.person == id)
      else { return }
      found[receiver.who] = receiver
    }
    if cause.isForNewRequester {
      // All others heard of it when it happened.
      if rule.audience.contains(.requester) { addPerson(cause.ticket?.requester) }
      return Array(found.values)
    }
    for audience in rule.audience {
      if let named = cause.named, named.audience == audience { addStaff(staff.first { $0.value.publicId == named.staff }?.key) }
      switch audience {
      case .owner:
        if cause.tellsOwner { addStaff(cause.owner) }
        if cause.isUntaken { addStaff(standIn) }
        addStaff(cause.matter?.offerer)
        addStaff(cause.matter?.manager)
        addPerson(cause.matter?.owningPerson)
      case .assignee:
        addStaff(cause.ticket?.assignee)
        for id in cause.matter?.assignees ?? [] { addStaff(id) }
      case .offered:
        addStaff(staff.first { $0.value.publicId == cause.offeredTo }?.key)
        addStaff(cause.matter?.offeredTo)
        for bits in cause.leads { addStaff(staff.first { $0.value.publicId == bits }?.key) }
      case .escalation:
        let named = cause.escalatedTo.compactMap { bits in staff.first { $0.value.publicId == bits }?.key }
        for id in named.isEmpty && cause.mustBeHeard ? inCharge : named { addStaff(id) }
      case .accountManagers: for id in accountManagers(for: cause) { addStaff(id) }
      case .team: for id in members(of: cause) { addStaff(id) }
      case .sorters: for id in sorters { addStaff(id) }
      case .requester:
        addPerson(cause.ticket?.requester)
        for ticket in gone(into: cause) { addPerson(ticket.requester) }
        for person in cause.matter?.people ?? [] { addPerson(person) }
        addStaff(cause.matter?.submittingStaff)
      case .approvers:
        for id in approvers.staff(of: cause) { addStaff(id) }
        for person in approvers.people(of: cause) { addPerson(person) }
      case .watchers:
        for watcher in cause.ticket.flatMap({ watchers[$0.id] }) ?? [] {
          addStaff(watcher.account)
          addPerson(watcher.person)
        }
        for ticket in gone(into: cause) { for watcher in watchers[ticket.id] ?? [] { addPerson(watcher.person) } }
        for id in cause.matter?.watchingStaff ?? [] { addStaff(id) }
        for id in watchingProcess(of: cause) { addStaff(id) }
        for person in cause.matter?.watchingPeople ?? [] { addPerson(person) }
      }
    }
    if isNobodys(cause), let audience = cause.event.subject.inCharge, rule.audience.contains(audience) { for id in inCharge { addStaff(id) } }
    for member in rule.staff { addStaff(member.id) }
    return found.values.sorted { $0.who.name < $1.who.name }
  }
}
