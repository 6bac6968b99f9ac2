import ArgumentParser
import Backtest
import BillingEngine
import ContractFiles
import Contracts
import Credits
import Foundation
import Kernel
import Operations
import ServiceTime
import Tenancy

/// The work of `steward sla backtest`: customer by customer, each in a transaction that only reads.
struct SlaBacktest: Sendable {
  private let options: SlaCommand.Backtest
  private let basis: Selection.Basis
  private let from: CalendarDate?
  private let until: CalendarDate?

  init(_ options: SlaCommand.Backtest) throws {
    self.options = options
    guard let basis = Selection.Basis(rawValue: options.basis) else { throw ValidationError(CommandMessages.takesBasis) }
    self.basis = basis
    func day(_ text: String?, _ name: String) throws -> CalendarDate? {
      guard let text else { return nil }
      guard let day = CalendarDate(text) else { throw ValidationError(CommandMessages.takesDay, ["option": "--\(name)"]) }
      return day
    }
    from = try day(options.from, "from")
    until = try day(options.to, "to")?.adding(days: 1)
    if let from, let until, until <= from { throw ValidationError(CommandMessages.toBeforeFrom) }
  }

  func run(_ backend: Backend) async throws {
    let finder = CommandFinder(backend: backend)
    let now = backend.tenancy.clock.now()
    let customers = try await customers(finder, backend)
    let terms = try await creditTerms(finder)
    let (name, trial) = try await trial(finder, backend, now: now)
    var report = BacktestReport(sla: name, changeLimit: options.changes)
    let bar = ProgressBar(CommandMessages.backtestProgress.text(Terminal.language))
    defer { bar.finish() }
    for (index, customer) in customers.enumerated() {
      try Task.checkCancellation()
      let line = try await lineId(of: customer, finder, backend)
      let run = TrialRun(
        customer: customer, trial: trial,
        selection: Selection(basis: basis, from: from, until: until, line: line, priority: options.priority, category: options.category), credits: terms,
        now: now, kept: max(0, options.changes))
      let showsBar = Terminal.showsProgress
      let only = customers.count == 1
      let result = try await backend.tenancy.transaction(
        binding: [customer.id], side: .staff, readOnly: true, isolation: .repeatableRead, statementTimeoutMilliseconds: 300_000
      ) { transaction in
        let all = showsBar && only ? try await run.count(in: transaction) : 0
        return try await run.run(in: transaction) { done in if only { bar.show(done, of: all) } }
      }
      if !only { bar.show(Int64(index + 1), of: Int64(customers.count)) }
      report.add(customer, result)
    }
    bar.finish()
    try await report.show { customer, changes in
      try await backend.tenancy.transaction(binding: [customer.id], side: .staff, readOnly: true) { transaction in
        try await ChangedTicketOutput.all(changes, of: customer, at: now, in: transaction)
      }
    }
    report.print(json: options.json, csv: options.csv, onlyChanges: options.changed)
  }

  // MARK: What is named

  private func customers(_ finder: CommandFinder, _ backend: Backend) async throws -> [TenantEntry] {
    var codes = options.customer
    if codes.isEmpty { codes = try await finder.all("customer.list", []).compactMap { $0["code"]?.text } }
    var found: [TenantEntry] = []
    for code in codes {
      guard let entry = try await backend.tenancy.tenant(code: code.uppercased()), entry.kind == .customer else {
        // Says which there are.
        _ = try await finder.customer(code: code)
        continue
      }
      found.append(entry)
    }
    return found
  }

  private func trial(_ finder: CommandFinder, _ backend: Backend, now: Instant) async throws -> (name: String, trial: SlaTrial) {
    guard let path = options.file else { return try await storedTrial(finder, backend, now: now) }
    guard let yaml = try? String(contentsOfFile: path, encoding: .utf8) else { throw Failure(.invalid, CommandMessages.unreadable, ["file": path]) }
    let file = try SlaDraftFile(yaml: yaml)
    var recorded: [String: CalendarDefinition] = [:]
    let missing = try file.missingCalendars(of: options.sla)
    if !missing.isEmpty {
      for calendar in try await finder.all("calendar.list", []) {
        guard let name = calendar["name"]?.text, missing.contains(name), let id = calendar["id"] else { continue }
        let read = try await backend.call("calendar.read", .object(["id": id]))
        if let definition = read["definition"] { recorded[name] = try CalendarDefinition(definition) }
      }
    }
    var holidays: [String: HolidaySet] = [:]
    let named = try file.holidaySets(of: options.sla)
    if !named.isEmpty {
      for set in try await finder.all("holiday_set.list", []) {
        guard let name = set["name"]?.text, named.contains(name), let id = set["id"] else { continue }
        holidays[name] = try SlaDraftFile.holidaySet(told: try await backend.call("holiday_set.read", .object(["id": id])))
      }
    }
    let pinned = try await pinnedHolidays(of: file, finder, backend)
    let services = try file.services(of: options.sla)
    let names = try await backend.tenancy.transaction(binding: [backend.provider.id], side: .staff, readOnly: true) { transaction in
      try await SlaTrial.names(services: services, in: transaction)
    }
    return try file.trial(
      options.sla, recorded: recorded, holidays: holidays, pinned: pinned, services: names.services, ciTiers: names.ciTiers, from: now)
  }

  /// The holiday sets of recorded calendars that the file defines: applied, it would leave them in their revisions.
  private func pinnedHolidays(
    of file: SlaDraftFile, _ finder: CommandFinder, _ backend: Backend
  ) async throws -> [String: [String: HolidaySet]] {
    var pinned: [String: [String: HolidaySet]] = [:]
    let observing = try file.observingCalendars(of: options.sla)
    guard !observing.isEmpty else { return pinned }
    for calendar in try await finder.all("calendar.list", []) {
      guard let name = calendar["name"]?.text, observing.contains(name), let id = calendar["id"] else { continue }
      let read = try await backend.call("calendar.read", .object(["id": id]))
      for set in read["holidaySets"]?.array ?? [] {
        guard let setName = set["name"]?.text, let setId = set["id"], let number = set["number"] else { continue }
        let told = try await backend.call("holiday_set.read", .object(["id": setId, "number": number]))
        pinned[name, default: [:]][setName] = try SlaDraftFile.holidaySet(told: told)
      }
    }
    return pinned
  }

  private func storedTrial(_ finder: CommandFinder, _ backend: Backend, now: Instant) async throws -> (name: String, trial: SlaTrial) {
    let slas = try await finder.all("sla.list", [])
    let name = options.sla ?? ""
    guard let id = slas.first(where: { $0["name"]?.text == name })?["id"]?.text.flatMap({ PublicId($0) }) else {
      throw Failure(.notFound, CommandMessages.noSla, ["name": name, "names": CommandMessages.list(slas.compactMap { $0["name"]?.text })])
    }
    let trial = try await backend.tenancy.transaction(binding: [backend.provider.id], side: .staff, readOnly: true) { transaction in
      try await SlaTrial.stored(id, at: now, customers: nil, in: transaction)
    }
    guard let trial else { throw Failure(.notFound, CommandMessages.noSla, ["name": name, "names": CommandMessages.list([])]) }
    return (name, trial)
  }

  private func creditTerms(_ finder: CommandFinder) async throws -> CreditTrial.Terms {
    guard let wanted = options.credits else { return .own }
    let name: String
    let terms: CreditSchedule
    if let text = try? String(contentsOfFile: wanted, encoding: .utf8) {
      let document: Value
      do throws(JSON.ReadError) {
        document = try JSON.read(Array(text.utf8))
      } catch {
        throw error.failure
      }
      name = document["name"]?.text ?? wanted
      terms = try CreditSchedule(document["terms"] ?? document)
    } else {
      let schedules = try await finder.all("credit_schedule.list", [])
      guard let found = schedules.first(where: { $0["name"]?.text == wanted }) else {
        let names = CommandMessages.list(schedules.compactMap { $0["name"]?.text })
        throw Failure(.notFound, CommandMessages.noSchedule, ["name": wanted, "names": names])
      }
      name = wanted
      terms = try CreditSchedule(found["terms"] ?? .null)
    }
    guard terms.measure != .availability else { throw Failure(.invalid, BacktestMessages.availabilitySchedule, ["name": name]) }
    return .given(name: name, terms)
  }

  private func lineId(of customer: TenantEntry, _ finder: CommandFinder, _ backend: Backend) async throws -> Int64? {
    guard let name = options.line else { return nil }
    var names: [String] = []
    for contract in try await finder.all("contract.list", [Value.Member("customer", .id(customer.publicId))]) {
      for line in try await finder.all("contract_line.list", [Value.Member("contract", contract["id"] ?? .null)]) {
        names.append(line["name"]?.text ?? "")
        guard line["name"]?.text == name, let id = line["id"]?.text.flatMap({ PublicId($0) }) else { continue }
        return try await backend.tenancy.transaction(binding: [customer.id], side: .staff, readOnly: true) { transaction in
          try await TrialRun.line(id, of: customer, in: transaction)
        }
      }
    }
    throw Failure(.notFound, CommandMessages.noLine, ["customer": customer.code, "name": name, "names": CommandMessages.list(names)])
  }
}
