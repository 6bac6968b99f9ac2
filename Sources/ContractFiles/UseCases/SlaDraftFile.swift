import Contracts
import Kernel
import Operations
import ServiceTime

/// The SLAs of a file as drafts: of a contract file, or of one that holds nothing else than SLAs, their calendars and wait terms.
/// Nothing of it is stored.
package struct SlaDraftFile: Sendable {
  private let slas: [FileSla]
  private let calendars: [String: FileCalendar]
  private let waits: WaitTerms
  private let document: YAMLDocument

  /// Throws ``ContractFileProblems`` for all that is wrong with the text of the file.
  package init(yaml: String) throws(ContractFileProblems) {
    do throws(Failure) {
      document = try YAMLDocument(yaml)
    } catch {
      throw ContractFileProblems(error.violations, in: nil)
    }
    do throws(FieldError) {
      if document.value["customer"] != nil {
        let file = try InputValues.read(ContractFile.self, from: document.value)
        (slas, waits) = (file.slas, .usual)
        calendars = Dictionary(file.calendars.map { ($0.name, $0) }) { first, _ in first }
      } else {
        let file = try InputValues.read(Content.self, from: document.value)
        (slas, waits) = (file.slas, file.waits?.terms ?? .usual)
        calendars = Dictionary(file.calendars.map { ($0.name, $0) }) { first, _ in first }
      }
    } catch {
      throw ContractFileProblems(error.violations, in: document)
    }
  }

  /// The names of its SLAs.
  package var names: [String] { slas.map(\.name) }

  /// The calendars that the SLA names, and the file does not define.
  package func missingCalendars(of sla: String?) throws(Failure) -> [String] {
    Set(try find(sla).targets.compactMap(\.calendar)).subtracting(calendars.keys).sorted()
  }

  /// The names of the holiday sets whose days close the calendars of the SLA that the file defines.
  package func holidaySets(of sla: String?) throws(Failure) -> [String] {
    let names = Set(try find(sla).targets.compactMap(\.calendar))
    return Set(names.flatMap { calendars[$0]?.holidaySets ?? [] }).sorted()
  }

  /// The calendars of the SLA that the file defines, and that holiday sets close.
  package func observingCalendars(of sla: String?) throws(Failure) -> [String] {
    Set(try find(sla).targets.compactMap(\.calendar)).filter { !(calendars[$0]?.holidaySets ?? []).isEmpty }.sorted()
  }

  /// The codes of the catalogue's services that the SLA names.
  package func services(of sla: String?) throws(Failure) -> [String] { Set(try find(sla).goals.compactMap(\.label.service)).sorted() }

  /// One of its SLAs, to be tried out.
  /// - Parameters:
  ///   - name: nil where the file has only one.
  ///   - recorded: the calendars that the file does not define.
  ///   - holidays: the holiday sets that its calendars name.
  ///   - pinned: the same of recorded calendars, by their names, in the revisions that these have.
  package func trial(
    _ name: String?, recorded: [String: CalendarDefinition], holidays: [String: HolidaySet] = [:], pinned: [String: [String: HolidaySet]] = [:],
    services: [String: Int64] = [:], ciTiers: Set<String> = [], from start: Instant
  ) throws(Failure) -> (name: String, trial: SlaTrial) {
    let sla = try find(name)
    let used = Set(sla.targets.compactMap(\.calendar))
    var known = recorded
    for (name, calendar) in calendars where used.contains(name) {
      known[name] = try definition(of: calendar, holidays.merging(pinned[name] ?? [:]) { $1 })
    }
    // Ids of this trial alone: the numbers of the calendars' names.
    let ids = Dictionary(
      uniqueKeysWithValues: known.keys.sorted().enumerated().compactMap { number, name in
        Self.id(UInt32(truncatingIfNeeded: number)).map { (name, $0) }
      })
    var targets: [TargetInput] = []
    for goal in sla.goals {
      // What is measured is judged by no ticket.
      guard let metric = Metric(rawValue: goal.label.metric) else { continue }
      let calendar = goal.calendar.flatMap { ids[$0] }
      if let name = goal.calendar, calendar == nil {
        throw .invalid("\(goal.path).calendar", ContractFileMessages.noSuchCalendar, ["name": name])
      }
      targets.append(
        TargetInput(
          metric: metric, priority: goal.label.priority, budgetSeconds: goal.seconds, businessDays: goal.days, calendar: calendar,
          objective: goal.objective, pauses: goal.explicitlyNone ? nil : goal.pauses, ticketType: goal.label.ticketType, service: goal.label.service,
          ciTier: goal.label.ciTier, explicitlyNone: goal.explicitlyNone))
    }
    let definitions = Dictionary(uniqueKeysWithValues: ids.compactMap { name, id in known[name].map { (id, $0) } })
    return (
      sla.name,
      try SlaTrial.draft(
        stopsAt: sla.resolutionStopsAt, waits: waits, targets: targets, calendars: definitions, services: services, ciTiers: ciTiers, from: start)
    )
  }

  private func definition(of calendar: FileCalendar, _ holidays: [String: HolidaySet]) throws(Failure) -> CalendarDefinition {
    var sets: [HolidaySet] = []
    for name in calendar.holidaySets ?? [] {
      guard let set = holidays[name] else { throw .invalid("holidaySets", ContractFileMessages.noSuchHolidaySet, ["name": name]) }
      sets.append(set)
    }
    return sets.isEmpty ? calendar.definition : try calendar.definition.observing(sets)
  }

  /// A holiday set as `holiday_set.read` tells it. What its days are called is nothing to a trial.
  package static func holidaySet(told: Value) throws(Failure) -> HolidaySet {
    let days = (told["days"]?.array ?? []).map { day in
      Value.object([Value.Member("date", day["date"] ?? .null), Value.Member("open", day["open"] ?? .array([]))])
    }
    return try HolidaySet(Value.array(days))
  }

  private static func id(_ number: UInt32) -> PublicId? {
    PublicId(kind: IdKind.calendar.prefix, handle: TenantHandle(number), random: [UInt8](repeating: 1, count: PublicId.randomByteCount))
  }

  private func find(_ name: String?) throws(Failure) -> FileSla {
    let found = name.map { name in slas.filter { $0.name == name } } ?? slas
    if slas.isEmpty { throw Failure(.notFound, ContractFileMessages.noSla) }
    if let name, found.isEmpty {
      throw Failure(.notFound, ContractFileMessages.noSuchSla, ["name": name, "names": names.joined(separator: ", ")])
    }
    guard let sla = found.first, found.count == 1 else {
      throw Failure(.notFound, ContractFileMessages.whichSla, ["names": names.joined(separator: ", ")])
    }
    return sla
  }
}

extension SlaDraftFile {
  /// A file of SLAs alone.
  private struct Content: OperationInput {
    let calendars: [FileCalendar]
    let slas: [FileSla]
    let waits: FileWaits?

    private static let calendars = Field<[FileCalendar]>.list(
      "calendars", of: Field<FileCalendar>.object("calendar", "A calendar.", "日历。"), count: 0...50, "Coverage calendars.", "服务时间日历。")
    private static let slas = Field<[FileSla]>.list("slas", of: Field<FileSla>.object("sla", "An SLA.", "SLA。"), count: 1...50, "SLAs.", "服务级别。")
    private static let waits = Field<FileWaits>.object("waits", "How waits bear on the clocks.", "等待对时钟的影响。")

    static let fields: [any InputField] = [calendars.optional, slas, waits.optional]

    init(_ values: InputValues) throws(FieldError) {
      calendars = try values[Self.calendars.optional] ?? []
      slas = try values[Self.slas]
      waits = try values[Self.waits.optional]
    }
  }
}
