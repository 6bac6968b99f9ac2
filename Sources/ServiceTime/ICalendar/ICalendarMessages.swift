import Kernel

/// What can be wrong with an iCalendar file. `{line}` is the line of the file, from 1.
package enum ICalendarMessages: MessageCatalog {
  package static let badYears = Message("ics.years", "Give at most {limit} years, from 1 to 9999.", zh: "请给出不超过 {limit} 年的范围，介于 1 至 9999 年之间。")
  package static let tooLarge = Message("ics.too_large", "The file has more than {limit} bytes.", zh: "文件超过 {limit} 字节。")
  package static let tooManyEvents = Message("ics.too_many_events", "Line {line}: more than {limit} events.", zh: "第 {line} 行：事件超过 {limit} 个。")
  package static let tooManyDays = Message("ics.too_many_days", "Line {line}: more than {limit} days in all.", zh: "第 {line} 行：总天数超过 {limit} 天。")
  package static let tooMuchEffort = Message(
    "ics.too_much_effort", "Line {line}: the recurrence rules of this file give too many dates to look at.", zh: "第 {line} 行：该文件的重复规则需要检查的日期过多。")
  package static let notUTF8 = Message(
    "ics.not_utf8", "Line {line}: this is not UTF-8. Save the file as UTF-8 and try again.", zh: "第 {line} 行：不是 UTF-8 编码。请将文件另存为 UTF-8 后重试。")
  package static let utf16 = Message(
    "ics.utf16", "Line {line}: this is UTF-16, or no text at all. Save the file as UTF-8 and try again.", zh: "第 {line} 行：这是 UTF-16 编码或不是文本。请将文件另存为 UTF-8 后重试。")
  package static let controlCharacter = Message("ics.control_character", "Line {line}: a control character.", zh: "第 {line} 行：含有控制字符。")
  package static let lineTooLong = Message("ics.line_too_long", "Line {line}: longer than {limit} bytes.", zh: "第 {line} 行：超过 {limit} 字节。")
  package static let notAProperty = Message(
    "ics.not_a_property", "Line {line}: this is not of the form NAME:VALUE.", zh: "第 {line} 行：格式不是 NAME:VALUE。")
  package static let notACalendar = Message(
    "ics.not_a_calendar", "Line {line}: an iCalendar file begins with BEGIN:VCALENDAR.", zh: "第 {line} 行：iCalendar 文件应以 BEGIN:VCALENDAR 开头。")
  package static let wrongEnd = Message(
    "ics.wrong_end", "Line {line}: END:{found} where {expected} should end.", zh: "第 {line} 行：出现 END:{found}，此处应结束 {expected}。")
  package static let unfinished = Message("ics.unfinished", "Line {line}: {component} does not end.", zh: "第 {line} 行：{component} 没有结束。")
  package static let tooDeep = Message("ics.too_deep", "Line {line}: components are nested too deeply.", zh: "第 {line} 行：组件嵌套过深。")
  package static let missing = Message("ics.missing", "Line {line}: the event has no {property}.", zh: "第 {line} 行：事件缺少 {property}。")
  package static let duplicate = Message(
    "ics.duplicate", "Line {line}: {property} stands here for the second time.", zh: "第 {line} 行：{property} 重复出现。")
  package static let unsupported = Message("ics.unsupported", "Line {line}: {part} is not supported.", zh: "第 {line} 行：不支持 {part}。")
  package static let badValue = Message(
    "ics.bad_value", "Line {line}: {property} cannot be read: {value}.", zh: "第 {line} 行：无法读取 {property}：{value}。")
  package static let timedEvent = Message(
    "ics.timed_event", "Line {line}: the event begins at a time of day; only whole days are read.", zh: "第 {line} 行：事件带有具体时刻；只读取全天事件。")
  package static let endsBeforeStart = Message("ics.ends_before_start", "Line {line}: the event ends before it begins.", zh: "第 {line} 行：事件的结束早于开始。")
  package static let tooLong = Message("ics.event_too_long", "Line {line}: the event is longer than {limit} days.", zh: "第 {line} 行：事件超过 {limit} 天。")
  package static let badRule = Message(
    "ics.bad_rule", "Line {line}: {part} is no valid part of this recurrence rule.", zh: "第 {line} 行：{part} 不是该重复规则的有效部分。")
  package static let unsupportedRule = Message(
    "ics.unsupported_rule", "Line {line}: {part} in a recurrence rule is not supported.", zh: "第 {line} 行：不支持重复规则中的 {part}。")
  package static let startOutsideRule = Message(
    "ics.start_outside_rule", "Line {line}: the rule {rule} does not give the event's first day, {date}.", zh: "第 {line} 行：规则 {rule} 不包含事件的首日 {date}。")
  package static let sameUID = Message(
    "ics.same_uid", "Line {line}: another event has the same UID, and this one names no occurrence of it that it replaces.",
    zh: "第 {line} 行：另一事件使用相同的 UID，而此事件未指明所替换的那一次。")

  package static let utcTime = Message(
    "ics.utc_time", "Line {line}: {property} has the time of UTC {value} beside whole days, which leaves open which day is meant; give a date.",
    zh: "第 {line} 行：全天事件的 {property} 使用了 UTC 时刻 {value}，无法确定所指日期；请给出日期。")
  package static let noOccurrence = Message(
    "ics.no_occurrence", "Line {line}: RECURRENCE-ID {date} is no occurrence of the event of this UID.",
    zh: "第 {line} 行：RECURRENCE-ID {date} 不是同一 UID 事件的任何一次。")
  package static let wrongPlace = Message(
    "ics.wrong_place", "Line {line}: {component} inside {parent}.", zh: "第 {line} 行：{component} 不应出现在 {parent} 中。")

  package static let all = [
    badYears, tooLarge, tooManyEvents, tooManyDays, tooMuchEffort, notUTF8, utf16, controlCharacter, lineTooLong, notAProperty, notACalendar, wrongEnd,
    unfinished, tooDeep, missing, duplicate, unsupported, badValue, timedEvent, endsBeforeStart, tooLong, badRule, unsupportedRule, startOutsideRule,
    sameUID, utcTime, noOccurrence, wrongPlace,
  ]
}
