import Contracts
import Kernel
import Operations
import ServiceTime

/// Either a stock shape or a definition of its own, and the holiday sets whose days close it.
package struct FileCalendar: OperationInput {
  let name: String
  /// What it says itself, without the days of its holiday sets.
  let definition: CalendarDefinition
  /// Names; nil: the file does not say.
  let holidaySets: [String]?

  private static let zone = Field.text("zone", 1...64, "Its time zone.", "时区。")
  private static let stock = Field.oneOf("stock", StockCalendar.allCases.map(\.rawValue), "A stock shape.", "标准服务时段。")
  private static let week = Field.document("week", "Openings by weekday.", "每周服务时段。")
  private static let exceptions = Field<[Value]>.list(
    "exceptions", of: Field.document("exception", "A dated exception.", "例外日期。"), count: 0...CalendarDefinition.exceptionLimit, "Dated exceptions.", "例外日期。")
  private static let holidaySets = Field<[String]>.list(
    "holidaySets", of: Field.text("holidaySet", 1...120, "A holiday set's name.", "节假日集名称。"), count: 0...20, "The holiday sets whose days close it.",
    "关闭该日历的节假日集。")

  package static let fields: [any InputField] = [
    FileFields.name, zone, stock.optional, week.optional, exceptions.optional, holidaySets.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    let zone = try values[Self.zone]
    let stock = try values[Self.stock.optional].flatMap(StockCalendar.init(rawValue:))
    let week = try values[Self.week.optional]
    guard (stock == nil) != (week == nil) else { throw FieldError("stock", ContractFileMessages.stockOrWeek) }
    let exceptions = try values[Self.exceptions.optional] ?? []
    definition = try Self.definition(zone, stock, week, exceptions)
    try Self.refuseOverlaps(week, exceptions)
    holidaySets = try values[Self.holidaySets.optional]
  }

  private static func definition(_ zone: String, _ stock: StockCalendar?, _ week: Value?, _ exceptions: [Value]) throws(FieldError) -> CalendarDefinition {
    do throws(Failure) {
      let openings: Value = if let stock { try stock.definition(zone: zone).value["week"] ?? .null } else { week ?? .null }
      return try CalendarDefinition(.object(["zone": .text(zone), "week": openings, "exceptions": .array(exceptions.map(closedUnlessOpen))]))
    } catch {
      // The paths of a definition are those of the file; only the first is told here, the rest after it is mended.
      let first = error.violations.first
      throw FieldError(first?.path ?? "week", first?.message ?? error.message, first?.arguments ?? error.arguments)
    }
  }

  /// A date that is only named is a holiday.
  private static func closedUnlessOpen(_ exception: Value) -> Value {
    guard exception["open"] == nil, let members = exception.members else { return exception }
    return .object(members + [Value.Member("open", .array([]))])
  }

  /// Openings that touch are one, as people write them; of two that overlap one is a slip of the pen.
  private static func refuseOverlaps(_ week: Value?, _ exceptions: [Value]) throws(FieldError) {
    var days: [(String, Value)] = (week?.members ?? []).map { ("week.\($0.name)", $0.value) }
    for (index, exception) in exceptions.enumerated() { days.append(("exceptions[\(index)].open", exception["open"] ?? .null)) }
    for (path, openings) in days {
      let times = (openings.array ?? []).enumerated().map { index, opening in
        (index: index, from: opening.array?.first?.text ?? "", to: opening.array?.last?.text ?? "")
      }
      // `HH:MM`, as they were read: in the order of the texts.
      let ordered = times.sorted { $0.from < $1.from }
      for (earlier, later) in zip(ordered, ordered.dropFirst()) where later.from < earlier.to {
        throw FieldError("\(path)[\(max(earlier.index, later.index))]", ContractFileMessages.openingsOverlap)
      }
    }
  }
}
